// SPDX-License-Identifier: GPL-3.0-or-later
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One member of a group, as slow as told: DemoMember BOOTSTRAP GROUP TOPIC DELAY_MS. Ends on SIGTERM.
 * Says "FIRST partition offset timestamp" for the first record of each partition.
 */
public class DemoMember {
    public static void main(String[] args) throws Exception {
        long delay = Long.parseLong(args[3]);
        Properties config = new Properties();
        config.put("bootstrap.servers", args[0]);
        config.put("group.id", args[1]);
        config.put("client.id", delay > 0 ? "java-slow" : "java-fast");
        config.put("auto.offset.reset", "earliest");
        config.put("auto.commit.interval.ms", "500");
        config.put("session.timeout.ms", "10000");
        config.put("heartbeat.interval.ms", "500");
        config.put("max.poll.records", delay > 0 ? "20" : "500");
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                main.join(10_000);
            } catch (InterruptedException ignored) {
                // The process is ending anyway.
            }
        }));
        Set<Integer> seen = new HashSet<>();
        try {
            consumer.subscribe(List.of(args[2]));
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (seen.add(record.partition())) {
                        System.out.println("FIRST " + record.partition() + " " + record.offset() + " " + record.timestamp());
                        System.out.flush();
                    }
                    if (delay > 0) {
                        Thread.sleep(delay);
                    }
                }
            }
        } catch (WakeupException ending) {
            consumer.close();
        }
    }
}
