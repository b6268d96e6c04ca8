// SPDX-License-Identifier: GPL-3.0-or-later
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * A stateful, windowed Kafka Streams application with exactly_once_v2 that is killed again and again, and the judge that
 * compares what it wrote with the same computation on one thread.
 *
 * <p>judge BOOTSTRAP PROTOCOL KILLS RECORDS FOLDER SEED prints PASS or FAIL; app BOOTSTRAP PROTOCOL FOLDER runs.
 */
public class ExactlyOnce {
    static final int PARTITIONS = 4;
    static final int KEYS = 37;
    static final long WINDOW_MS = 5_000;
    // Of today, or retention would take the records.
    static final long FIRST_MS = System.currentTimeMillis() / WINDOW_MS * WINDOW_MS;

    public static void main(String[] args) throws Exception {
        if (args[0].equals("app")) {
            run(args[1], args[2], args[3]);
        } else {
            judge(args[1], args[2], Integer.parseInt(args[3]), Integer.parseInt(args[4]), args[5], Long.parseLong(args[6]));
        }
    }

    static String topic(String protocol, String name) {
        return "eos-" + protocol + "-" + name;
    }

    // The application.

    /** Every record makes one: how many of its key there were, and their sum. */
    static class Totals implements Processor<String, String, String, String> {
        private ProcessorContext<String, String> context;
        private KeyValueStore<String, String> store;

        @Override
        public void init(ProcessorContext<String, String> given) {
            context = given;
            store = given.getStateStore("totals");
        }

        @Override
        public void process(Record<String, String> record) {
            String next = plus(store.get(record.key()), Long.parseLong(record.value()));
            store.put(record.key(), next);
            context.forward(record.withValue(next));
        }
    }

    static String plus(String before, long value) {
        if (before == null) {
            return "1:" + value;
        }
        String[] parts = before.split(":");
        return (Long.parseLong(parts[0]) + 1) + ":" + (Long.parseLong(parts[1]) + value);
    }

    static String group(long value) {
        return "g" + value % 7;
    }

    static void run(String bootstrap, String protocol, String folder) throws Exception {
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore("totals"), Serdes.String(), Serdes.String()));
        KStream<String, String> in = builder.stream(topic(protocol, "in"), Consumed.with(Serdes.String(), Serdes.String()));
        Produced<String, String> texts = Produced.with(Serdes.String(), Serdes.String());
        in.process(Totals::new, "totals").to(topic(protocol, "totals"), texts);
        in.groupByKey()
            .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMillis(WINDOW_MS), Duration.ofHours(24)))
            .aggregate(() -> 0L, (key, value, sum) -> sum + Long.parseLong(value),
                Materialized.<String, Long>as(Stores.inMemoryWindowStore("windows", Duration.ofHours(25),
                    Duration.ofMillis(WINDOW_MS), false)).withKeySerde(Serdes.String()).withValueSerde(Serdes.Long()))
            .toStream()
            .map((key, sum) -> KeyValue.pair(key.key() + "@" + key.window().start(), String.valueOf(sum)))
            .to(topic(protocol, "windows"), texts);
        // Through a repartition topic: its records are of a transaction too.
        in.selectKey((key, value) -> group(Long.parseLong(value)))
            .groupByKey(Grouped.with(Serdes.String(), Serdes.String()))
            .count(Materialized.with(Serdes.String(), Serdes.Long()))
            .toStream()
            .mapValues(String::valueOf)
            .to(topic(protocol, "counts"), texts);
        Properties config = new Properties();
        config.put("bootstrap.servers", bootstrap);
        config.put("application.id", "eos-" + protocol);
        config.put("group.protocol", protocol);
        config.put("processing.guarantee", "exactly_once_v2");
        config.put("commit.interval.ms", "100");
        config.put("num.stream.threads", "2");
        config.put("statestore.cache.max.bytes", "0");
        config.put("state.dir", folder + "/state");
        config.put("consumer.auto.offset.reset", "earliest");
        config.put("producer.transaction.timeout.ms", "10000");
        if (protocol.equals("classic")) {
            config.put("consumer.session.timeout.ms", "6000");
            config.put("consumer.heartbeat.interval.ms", "1000");
        }
        KafkaStreams streams = new KafkaStreams(builder.build(), config);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        streams.start();
        Thread.currentThread().join();
    }

    // The judge.

    static Process start(String bootstrap, String protocol, String folder) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", System.getProperty("java.class.path"), "ExactlyOnce",
            "app", bootstrap, protocol, folder);
        File log = new File(folder, "app.log");
        return builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log)).start();
    }

    /** Feeds evenly for as long as the application is being killed. */
    static Thread feed(String bootstrap, String protocol, int records, int perSecond) {
        Thread thread = new Thread(() -> {
            Map<String, Object> config = Map.of("bootstrap.servers", bootstrap, "linger.ms", "5");
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
                long begin = System.nanoTime();
                for (int i = 0; i < records; i++) {
                    producer.send(new ProducerRecord<>(topic(protocol, "in"), null, FIRST_MS + i * 10L, "k" + i % KEYS, String.valueOf(i)));
                    long ahead = i * 1_000_000_000L / perSecond - (System.nanoTime() - begin);
                    if (ahead > 2_000_000) {
                        TimeUnit.NANOSECONDS.sleep(ahead);
                    }
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        return thread;
    }

    /** Committed values by key, in their order. */
    static class Reader implements AutoCloseable {
        final Map<String, List<String>> seen = new HashMap<>();
        final KafkaConsumer<String, String> consumer;
        int count = 0;

        Reader(String bootstrap, String topic) {
            consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed",
                "auto.offset.reset", "earliest"), new StringDeserializer(), new StringDeserializer());
            List<TopicPartition> all = new ArrayList<>();
            for (int p = 0; p < PARTITIONS; p++) {
                all.add(new TopicPartition(topic, p));
            }
            consumer.assign(all);
            consumer.seekToBeginning(all);
        }

        void poll(long ms) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(ms))) {
                seen.computeIfAbsent(record.key(), key -> new ArrayList<>()).add(record.value());
                count++;
            }
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    static void judge(String bootstrap, String protocol, int kills, int records, String folder, long seed) throws Exception {
        String name = "streams-exactly-once-" + protocol;
        Random random = new Random(seed);
        System.out.println(name + ": seed " + seed);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            List<NewTopic> topics = new ArrayList<>();
            for (String each : List.of("in", "totals", "windows", "counts")) {
                topics.add(new NewTopic(topic(protocol, each), PARTITIONS, (short) 1));
            }
            admin.createTopics(topics).all().get();
        }
        Thread feeding = feed(bootstrap, protocol, records, Math.max(50, records / (kills * 8 + 5)));
        Process app = start(bootstrap, protocol, folder);
        int killed = 0;
        long lastKill = System.nanoTime();
        long longest = 0;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120 + kills * 30L);
        try (Reader totals = new Reader(bootstrap, topic(protocol, "totals"))) {
            int atKill = 0;
            while (System.nanoTime() < deadline && (killed < kills || totals.count < records)) {
                totals.poll(100);
                // It is killed while it works: not before it wrote something since the last time.
                if (killed < kills && totals.count > atKill) {
                    longest = Math.max(longest, System.nanoTime() - lastKill);
                    TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(1_500));
                    app.destroyForcibly().waitFor();
                    killed++;
                    totals.poll(100);
                    atKill = totals.count;
                    lastKill = System.nanoTime();
                    app = start(bootstrap, protocol, folder);
                }
            }
            // What comes after the last expected one would be a duplicate.
            feeding.join();
            for (int i = 0; i < 10; i++) {
                totals.poll(200);
            }
            verdict(name, bootstrap, protocol, records, totals, killed, kills);
            System.out.printf("%s: %d kills, %d records, working again after at most %.1f s%n", name, killed, records, longest / 1e9);
        } finally {
            app.destroyForcibly().waitFor();
        }
        System.exit(0);
    }

    static void verdict(String name, String bootstrap, String protocol, int records, Reader totals, int killed, int kills) {
        Map<String, List<String>> expectedTotals = new TreeMap<>();
        Map<String, Long> expectedWindows = new TreeMap<>();
        Map<String, List<String>> expectedCounts = new TreeMap<>();
        for (int i = 0; i < records; i++) {
            String key = "k" + i % KEYS;
            List<String> sums = expectedTotals.computeIfAbsent(key, k -> new ArrayList<>());
            sums.add(plus(sums.isEmpty() ? null : sums.get(sums.size() - 1), i));
            long time = FIRST_MS + i * 10L;
            expectedWindows.merge(key + "@" + (time - time % WINDOW_MS), (long) i, Long::sum);
            List<String> counts = expectedCounts.computeIfAbsent(group(i), k -> new ArrayList<>());
            counts.add(String.valueOf(counts.size() + 1));
        }
        List<String> wrong = new ArrayList<>();
        if (killed < kills) {
            wrong.add("only " + killed + " of " + kills + " kills: it did not come back");
        }
        compare("totals", expectedTotals, totals.seen, wrong);
        try (Reader counts = new Reader(bootstrap, topic(protocol, "counts")); Reader windows = new Reader(bootstrap, topic(protocol, "windows"))) {
            for (int i = 0; i < 30 || counts.count < records && i < 100; i++) {
                counts.poll(50);
                windows.poll(50);
            }
            compare("counts", expectedCounts, counts.seen, wrong);
            for (Map.Entry<String, Long> entry : expectedWindows.entrySet()) {
                List<String> sums = windows.seen.getOrDefault(entry.getKey(), List.of("nothing"));
                if (!sums.get(sums.size() - 1).equals(entry.getValue().toString())) {
                    wrong.add("window " + entry.getKey() + ": " + sums.get(sums.size() - 1) + " instead of " + entry.getValue());
                }
            }
            if (windows.count != records) {
                wrong.add(windows.count + " window results for " + records + " records");
            }
        }
        System.out.println(wrong.isEmpty() ? "PASS " + name : "FAIL " + name + ": " + wrong.size() + " differences, first: " + wrong.get(0));
    }

    static void compare(String what, Map<String, List<String>> expected, Map<String, List<String>> seen, List<String> wrong) {
        for (Map.Entry<String, List<String>> entry : expected.entrySet()) {
            List<String> got = seen.getOrDefault(entry.getKey(), List.of());
            for (int i = 0; i < Math.max(got.size(), entry.getValue().size()); i++) {
                String want = i < entry.getValue().size() ? entry.getValue().get(i) : "nothing more";
                String have = i < got.size() ? got.get(i) : "nothing";
                if (!want.equals(have)) {
                    wrong.add(what + " of " + entry.getKey() + " number " + (i + 1) + ": " + have + " instead of " + want);
                    break;
                }
            }
        }
    }
}
