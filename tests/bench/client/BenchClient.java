// SPDX-License-Identifier: GPL-3.0-or-later
// What bench_client measures with librdkafka, with Apache's own Java client: one line of JSON each.
//   BenchClient produce HOST:PORT TOPIC SIZE ACKS CODEC RECORDS
//   BenchClient consume HOST:PORT TOPIC RECORDS
//   BenchClient latency HOST:PORT TOPIC RATE SECONDS
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class BenchClient {
    static KafkaProducer<byte[], byte[]> producer(String bootstrap, String acks, String codec, int linger) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("acks", acks);
        p.put("enable.idempotence", "false");
        p.put("compression.type", codec);
        p.put("linger.ms", Integer.toString(linger));
        p.put("batch.size", "262144");
        p.put("buffer.memory", "134217728");
        return new KafkaProducer<>(p, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, String topic) {
        Properties p = new Properties();
        p.put("bootstrap.servers", bootstrap);
        p.put("max.poll.records", "10000");
        p.put("max.partition.fetch.bytes", "4000000");
        KafkaConsumer<byte[], byte[]> c = new KafkaConsumer<>(p, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        TopicPartition partition = new TopicPartition(topic, 0);
        c.assign(List.of(partition));
        c.seekToBeginning(List.of(partition));
        return c;
    }

    static void produce(String[] a) throws Exception {
        byte[] value = new byte[Integer.parseInt(a[3])];
        Arrays.fill(value, (byte) 'x');
        long count = Long.parseLong(a[6]);
        AtomicLong failed = new AtomicLong();
        try (KafkaProducer<byte[], byte[]> p = producer(a[1], a[4], a[5], 5)) {
            // Its compiler is warm and the topic is there before the clock starts.
            for (int i = 0; i < 200000; i++) {
                p.send(new ProducerRecord<>(a[2], 0, null, value));
            }
            p.flush();
            long start = System.nanoTime();
            for (long i = 0; i < count; i++) {
                p.send(new ProducerRecord<>(a[2], 0, null, value), (m, e) -> {
                    if (e != null) {
                        failed.incrementAndGet();
                    }
                });
            }
            p.flush();
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf("{\"records_per_s\":%.0f,\"failed\":%d}%n", count / seconds, failed.get());
        }
        if (failed.get() != 0) {
            System.exit(1);
        }
    }

    static void consume(String[] a) {
        long count = Long.parseLong(a[3]);
        try (KafkaConsumer<byte[], byte[]> c = consumer(a[1], a[2])) {
            long got = 0;
            // The first half warms the compiler.
            long start = 0;
            while (got < count) {
                got += c.poll(Duration.ofMillis(200)).count();
                if (start == 0 && got >= count / 2) {
                    start = System.nanoTime();
                    count -= got;
                    got = 0;
                }
            }
            System.out.printf("{\"records_per_s\":%.0f}%n", got / ((System.nanoTime() - start) / 1e9));
        }
    }

    static void latency(String[] a) throws Exception {
        double rate = Double.parseDouble(a[3]);
        int count = (int) (rate * Double.parseDouble(a[4]));
        int warm = (int) (rate * 3);
        double[] micros = new double[count + warm];
        try (KafkaProducer<byte[], byte[]> p = producer(a[1], "1", "none", 0);
             KafkaConsumer<byte[], byte[]> c = consumer(a[1], a[2])) {
            p.send(new ProducerRecord<>(a[2], 0, null, ByteBuffer.allocate(8).putLong(System.nanoTime()).array())).get();
            while (c.poll(Duration.ofMillis(100)).isEmpty()) {
                // the topic comes into being
            }
            Thread reader = new Thread(() -> {
                int n = 0;
                while (n < micros.length) {
                    for (ConsumerRecord<byte[], byte[]> r : c.poll(Duration.ofMillis(500))) {
                        micros[n++] = (System.nanoTime() - ByteBuffer.wrap(r.value()).getLong()) / 1000.0;
                    }
                }
            });
            reader.start();
            long start = System.nanoTime();
            for (int n = 0; n < micros.length; n++) {
                long due = start + (long) (n * 1e9 / rate);
                while (System.nanoTime() < due) {
                    java.util.concurrent.locks.LockSupport.parkNanos(due - System.nanoTime());
                }
                p.send(new ProducerRecord<>(a[2], 0, null, ByteBuffer.allocate(100).putLong(due).array()));
            }
            p.flush();
            reader.join(60000);
        }
        double[] sorted = Arrays.copyOfRange(micros, warm, micros.length);
        Arrays.sort(sorted);
        System.out.printf("{\"p50_us\":%.0f,\"p99_us\":%.0f,\"p999_us\":%.0f}%n", sorted[count / 2],
            sorted[(int) (count * 0.99)], sorted[(int) (count * 0.999)]);
    }

    public static void main(String[] a) throws Exception {
        switch (a[0]) {
            case "produce" -> produce(a);
            case "consume" -> consume(a);
            case "latency" -> latency(a);
            default -> System.exit(2);
        }
    }
}
