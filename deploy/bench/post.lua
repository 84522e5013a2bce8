-- wrk's script for the ingress: every request is an event of its own; `done` prints what load.py's Report holds.
local text, run, keys = os.getenv("BENCH_BODY"), os.getenv("BENCH_RUN"), tonumber(os.getenv("BENCH_KEYS"))
local n = 0

wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")
wrk.headers["Content-Type"] = "application/cloudevents+json"
text = text:gsub("{run}", string.format("%08x", run))

function request()
    n = n + 1
    local body = text:gsub("{n}", string.format("%012x", n)):gsub("{k}", string.format("%012x", n % keys))
    return wrk.format(nil, nil, nil, body)
end

function done(summary, latency, requests)
    local e = summary.errors
    local errors = e.connect + e.read + e.write + e.status + e.timeout
    io.write(string.format('REPORT {"requests":%d,"errors":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f}\n', summary.requests, errors,
        summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
