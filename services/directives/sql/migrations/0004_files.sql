-- Find what names a file, so that whoever sees it may open the file.
CREATE INDEX directive_file ON directive ((file ->> 'sha256')) WHERE file IS NOT NULL;
CREATE INDEX plan_file ON plan ((file ->> 'sha256')) WHERE file IS NOT NULL;
CREATE INDEX report_file ON report ((file ->> 'sha256')) WHERE file IS NOT NULL;
CREATE INDEX conference_minutes ON conference ((minutes ->> 'sha256')) WHERE minutes IS NOT NULL;
