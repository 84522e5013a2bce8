import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * An agency's own system: publishes the lines of its input, or reads its verdicts.
 *
 * <p>publish TOPIC COMPRESSION [TRANSACTIONAL_ID]: a line is a value; "--commit" and "--abort" end a transaction. read TOPIC GROUP COUNT.
 */
public final class Agency {
    public static void main(String[] words) throws Exception {
        if (words[0].equals("publish")) {
            publish(words[1], words[2], words.length > 3 ? words[3] : null);
        } else {
            read(words[1], words[2], Integer.parseInt(words[3]));
        }
    }

    private static Properties signedIn() {
        Properties settings = new Properties();
        String login = "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";";
        settings.put("bootstrap.servers", System.getenv("KAFKA_SERVERS"));
        settings.put("security.protocol", "SASL_PLAINTEXT");
        settings.put("sasl.mechanism", "SCRAM-SHA-512");
        settings.put("sasl.jaas.config", String.format(login, System.getenv("KAFKA_USER"), System.getenv("KAFKA_PASSWORD")));
        return settings;
    }

    private static void publish(String topic, String compression, String transactionalId) throws Exception {
        Properties settings = signedIn();
        settings.put("compression.type", compression);
        settings.put("linger.ms", "50");
        settings.put("delivery.timeout.ms", "20000");
        settings.put("request.timeout.ms", "10000");
        settings.put("max.block.ms", "20000");
        if (transactionalId != null) {
            settings.put("transactional.id", transactionalId);
        }
        StringSerializer text = new StringSerializer();
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings, text, text)) {
            if (transactionalId != null) {
                producer.initTransactions();
                producer.beginTransaction();
            }
            sendLines(producer, topic, transactionalId != null);
        }
    }

    private static void sendLines(KafkaProducer<String, String> producer, String topic, boolean transactional) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<Future<?>> sent = new ArrayList<>();
        int number = 0;
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (transactional && line.startsWith("--")) {
                await(sent);
                if (line.equals("--commit")) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
                producer.beginTransaction();
            } else {
                sent.add(producer.send(new ProducerRecord<>(topic, "văn bản " + number++ % 7, line)));
            }
        }
        await(sent);
        if (transactional) {
            producer.abortTransaction();
        }
        System.out.println(number);
    }

    private static void await(List<Future<?>> sent) throws Exception {
        for (Future<?> each : sent) {
            each.get();
        }
        sent.clear();
    }

    private static void read(String topic, String group, int count) {
        Properties settings = signedIn();
        settings.put("group.id", group);
        settings.put("auto.offset.reset", "earliest");
        StringDeserializer text = new StringDeserializer();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings, text, text)) {
            consumer.subscribe(List.of(topic));
            int read = 0;
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (read < count && System.nanoTime() < end) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(500))) {
                    System.out.writeBytes((each.value() + "\n").getBytes(StandardCharsets.UTF_8));
                    read++;
                }
            }
            System.out.flush();
        }
    }

    private Agency() {}
}
