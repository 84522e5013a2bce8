// An agency's own system: publishes the lines of its input, or reads its verdicts.
// publish TOPIC COMPRESSION [TRANSACTIONAL_ID]: a line is a value; "--commit" and "--abort" end a transaction. read TOPIC GROUP COUNT.
"use strict";

const readline = require("node:readline");
const { CompressionTypes, Kafka, logLevel } = require("kafkajs");

const LIMIT_MS = 60_000;

const kafka = new Kafka({
  clientId: "agency",
  brokers: process.env.KAFKA_SERVERS.split(","),
  sasl: { mechanism: "scram-sha-512", username: process.env.KAFKA_USER, password: process.env.KAFKA_PASSWORD },
  logLevel: logLevel.ERROR,
  retry: { retries: 3 },
});

// A partitioner of the agency's own: by the first letters of what is said, nothing like Kafka's.
const byLength = () => ({ partitionMetadata, message }) => message.value.length % partitionMetadata.length;

async function publish(topic, compression, transactionalId) {
  const producer = kafka.producer({
    createPartitioner: byLength,
    ...(transactionalId ? { transactionalId, idempotent: true, maxInFlightRequests: 1 } : {}),
  });
  await producer.connect();
  try {
    const lines = await inputLines();
    const sendAll = (to, messages) => to.send({ topic, messages, compression: CompressionTypes[compression.toUpperCase()] });
    if (transactionalId) {
      await inTransactions(producer, lines, sendAll);
    } else {
      await sendAll(producer, lines.map(asMessage));
    }
    console.log(lines.filter((line) => !line.startsWith("--")).length);
  } finally {
    await producer.disconnect();
  }
}

async function inTransactions(producer, lines, sendAll) {
  let messages = [];
  for (const line of [...lines, "--abort"]) {
    if (!line.startsWith("--")) {
      messages.push(asMessage(line));
    } else if (messages.length > 0) {
      const transaction = await producer.transaction();
      await sendAll(transaction, messages);
      await (line === "--commit" ? transaction.commit() : transaction.abort());
      messages = [];
    }
  }
}

const asMessage = (line, number) => ({ key: `văn bản ${number % 7}`, value: line });

async function inputLines() {
  const lines = [];
  for await (const line of readline.createInterface({ input: process.stdin })) {
    lines.push(line);
  }
  return lines;
}

async function read(topic, groupId, count) {
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let left = count;
  await new Promise((resolve, reject) => {
    setTimeout(resolve, LIMIT_MS).unref();
    const eachMessage = async ({ message }) => {
      console.log(message.value.toString());
      left -= 1;
      if (left <= 0) {
        resolve();
      }
    };
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
}

const [action, ...words] = process.argv.slice(2);
const done = action === "publish" ? publish(...words) : read(words[0], words[1], Number(words[2]));
done.catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
