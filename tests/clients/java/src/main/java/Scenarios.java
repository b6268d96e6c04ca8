// SPDX-License-Identifier: GPL-3.0-or-later
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The Java client and Apache Kafka's own command-line tools against the broker. */
public class Scenarios {
    interface Scenario {
        void run() throws Exception;
    }

    static final String RUN = UUID.randomUUID().toString().substring(0, 8);
   static String bootstrap;

    public static void main(String[] args) throws Exception {
        bootstrap = args[1];
        Map<String, Scenario> main = new LinkedHashMap<>();
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            main.put("codec-" + codec, () -> codec(codec));
        }
        main.put("order", Scenarios::order);
        main.put("group", () -> group("org.apache.kafka.clients.consumer.RangeAssignor"));
        main.put("group-cooperative", () -> group("org.apache.kafka.clients.consumer.CooperativeStickyAssignor"));
        main.put("commit", Scenarios::commit);
        main.put("admin", Scenarios::admin);
        main.put("compacted", Scenarios::compacted);
        main.put("tool-topics", Scenarios::toolTopics);
        main.put("tool-console", Scenarios::toolConsole);
        main.put("tool-groups", Scenarios::toolGroups);
        main.putAll(TransactionScenarios.all());
        main.put("txn-left-open", TransactionScenarios::leaveOpen);
        Map<String, Scenario> restarted = Map.of("commit-kept", Scenarios::commitKept, "txn-open-kept",
                TransactionScenarios::openIsKept);
        // "transactions": only those, for a broker that is told to serve the other generation.
        Map<String, Scenario> chosen = switch (args[0]) {
            case "main" -> main;
            case "transactions" -> TransactionScenarios.all();
            default -> restarted;
        };
        runAll(chosen);
    }

    /** Runs the scenarios, prints a line for each, and ends the process. */
    static void runAll(Map<String, Scenario> chosen) {
        boolean failed = false;
        for (Map.Entry<String, Scenario> entry : chosen.entrySet()) {
            try {
                entry.getValue().run();
                System.out.println("PASS " + entry.getKey());
            } catch (Throwable error) {
                failed = true;
                String text = String.valueOf(error).replace('\n', ' ');
                System.out.println("FAIL " + entry.getKey() + ": " + text.substring(0, Math.min(300, text.length())));
            }
        }
        System.exit(failed ? 1 : 0);
    }

    static void expect(String what, Object got, Object wanted) {
        if (!Objects.equals(got, wanted)) {
            throw new AssertionError(what + ": got " + got + ", wanted " + wanted);
        }
    }

    static void await(BooleanSupplier condition, String what) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(what);
            }
            Thread.sleep(50);
        }
    }

    static Map<String, Object> config(Object... pairs) {
        Map<String, Object> map = new HashMap<>(Map.of("bootstrap.servers", bootstrap));
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    static String bootstrap() {
        return bootstrap;
    }

    /** A name that no other run has. */
    static String named(String what) {
        return what + "-" + RUN;
    }

    static Admin admin0() {
        return Admin.create(config());
    }

    static String topic(String name, int partitions) throws Exception {
        try (Admin admin = admin0()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
        }
        return name;
    }

    static void produce(List<ProducerRecord<byte[], byte[]>> records, Object... pairs) throws Exception {
        Map<String, Object> config = config(pairs);
        config.put("max.request.size", 2_000_000);
        config.put("linger.ms", 5);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (ProducerRecord<byte[], byte[]> record : records) {
                sent.add(producer.send(record));
            }
            for (Future<RecordMetadata> future : sent) {
                future.get(30, TimeUnit.SECONDS);
            }
        }
    }

    static KafkaConsumer<byte[], byte[]> consumer(String group, Object... pairs) {
        Map<String, Object> config = config("group.id", group, "auto.offset.reset", "earliest", "enable.auto.commit",
            "false", "session.timeout.ms", 6000, "heartbeat.interval.ms", 500);
        for (int i = 0; i < pairs.length; i += 2) {
            config.put((String) pairs[i], pairs[i + 1]);
        }
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static List<ConsumerRecord<byte[], byte[]>> take(String topic, int count) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("g-" + topic)) {
            consumer.subscribe(List.of(topic));
            List<ConsumerRecord<byte[], byte[]>> got = new ArrayList<>();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
            while (got.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(300)).forEach(got::add);
            }
            return got;
        }
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] payload(int size) {
        byte[] out = new byte[size];
        new java.util.Random(size).nextBytes(out);
        Arrays.fill(out, 0, size / 2, (byte) 'w');
        return out;
    }

    static void codec(String codec) throws Exception {
        String topic = topic("java-codec-" + codec + "-" + RUN, 1);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        // Of the last hour: older ones would be due for retention while the scenario runs.
        long base = System.currentTimeMillis() - 3_600_000;
        for (int size : new int[] {1, 100, 10_000, 1_000_000}) {
            records.add(new ProducerRecord<>(topic, null, base + size, bytes("k" + size), payload(size)));
        }
        records.add(new ProducerRecord<>(topic, null, bytes("no key")));
        records.add(new ProducerRecord<>(topic, bytes("tombstone"), null));
        records.add(new ProducerRecord<>(topic, bytes(""), bytes("")));
        records.add(new ProducerRecord<>(topic, null, null, bytes("headers"), bytes("v"),
            List.<Header>of(new RecordHeader("a", bytes("1")), new RecordHeader("a", bytes("2")),
                new RecordHeader("empty", bytes("")), new RecordHeader("null", (byte[]) null))));
        produce(records, "compression.type", codec);
        List<ConsumerRecord<byte[], byte[]>> got = take(topic, records.size());
        expect("count", got.size(), records.size());
        for (int i = 0; i < got.size(); i++) {
            expect("offset", got.get(i).offset(), (long) i);
            expect("key " + i, Arrays.toString(got.get(i).key()), Arrays.toString(records.get(i).key()));
            expect("value equal " + i, Arrays.equals(got.get(i).value(), records.get(i).value()), true);
            expect("headers " + i, got.get(i).headers(), records.get(i).headers());
            if (records.get(i).timestamp() != null) {
                expect("timestamp " + i, got.get(i).timestamp(), records.get(i).timestamp());
            }
        }
    }

    static void order() throws Exception {
        String topic = topic("java-order-" + RUN, 6);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            records.add(new ProducerRecord<>(topic, bytes("k" + i % 50), bytes(String.valueOf(i))));
        }
        produce(records);
        Map<String, Integer> last = new HashMap<>();
        List<ConsumerRecord<byte[], byte[]>> got = take(topic, records.size());
        expect("count", got.size(), records.size());
        for (ConsumerRecord<byte[], byte[]> record : got) {
            int value = Integer.parseInt(new String(record.value(), StandardCharsets.UTF_8));
            Integer before = last.put(new String(record.key(), StandardCharsets.UTF_8), value);
            expect("in order", before == null || before < value, true);
        }
    }

    static final class Member extends Thread {
        final Set<String> seen;
        final AtomicBoolean leave = new AtomicBoolean();
        final String topic;
        final String assignor;
        volatile Set<TopicPartition> owned = Set.of();

        Member(String topic, String assignor, Set<String> seen) {
            this.topic = topic;
            this.assignor = assignor;
            this.seen = seen;
            start();
        }

        @Override
        public void run() {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    consumer("g-" + topic, "partition.assignment.strategy", assignor)) {
                consumer.subscribe(List.of(topic));
                while (!leave.get()) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                        seen.add(new String(record.value(), StandardCharsets.UTF_8));
                    }
                    consumer.commitAsync();
                    owned = Set.copyOf(consumer.assignment());
                }
                owned = Set.of();
            }
        }
    }

    static boolean settled(Member... members) {
        return Arrays.stream(members).mapToInt(m -> m.owned.size()).sum() == 6
            && Arrays.stream(members).noneMatch(m -> m.owned.isEmpty());
    }

    static void batch(String topic, int from) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < from + 600; i++) {
            records.add(new ProducerRecord<>(topic, i % 6, null, bytes(String.valueOf(i))));
        }
        produce(records);
    }

    static void group(String assignor) throws Exception {
        String topic = topic("java-group-" + assignor.substring(assignor.lastIndexOf('.') + 1) + "-" + RUN, 6);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Member a = new Member(topic, assignor, seen);
        Member b = new Member(topic, assignor, seen);
        Member c = new Member(topic, assignor, seen);
        Member d = null;
        try {
            await(() -> settled(a, b, c), "three members never settled");
            batch(topic, 0);
            await(() -> seen.size() == 600, "first batch: " + seen.size());
            b.leave.set(true);
            await(() -> settled(a, c), "two members never settled");
            Member late = new Member(topic, assignor, seen);
            d = late;
            await(() -> settled(a, c, late), "the newcomer got nothing");
            batch(topic, 600);
            await(() -> seen.size() == 1200, "second batch: " + seen.size());
        } finally {
            for (Member member : d == null ? List.of(a, b, c) : List.of(a, b, c, d)) {
                member.leave.set(true);
                member.join();
            }
        }
    }

    static void commit() throws Exception {
        topic("java-keeper", 3);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("java-keepers")) {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            for (int p = 0; p < 3; p++) {
                batchInto("java-keeper", p);
                offsets.put(new TopicPartition("java-keeper", p), new OffsetAndMetadata(p + 1, "note " + p));
            }
            consumer.assign(offsets.keySet());
            consumer.commitSync(offsets);
        }
    }

    static void batchInto(String topic, int partition) throws Exception {
        produce(List.of(new ProducerRecord<>(topic, partition, bytes("k"), bytes("a")),
            new ProducerRecord<>(topic, partition, bytes("k"), bytes("b")),
            new ProducerRecord<>(topic, partition, bytes("k"), bytes("c"))));
    }

    static void commitKept() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("java-keepers")) {
            for (int p = 0; p < 3; p++) {
                TopicPartition partition = new TopicPartition("java-keeper", p);
                OffsetAndMetadata kept = consumer.committed(Set.of(partition)).get(partition);
                expect("offset", kept.offset(), p + 1L);
                expect("metadata", kept.metadata(), "note " + p);
                expect("end", consumer.endOffsets(Set.of(partition)).get(partition), 3L);
            }
        }
    }

    static void admin() throws Exception {
        String topic = topic("java-admin-" + RUN, 2);
        try (Admin admin = admin0()) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(
                new AlterConfigOp(new ConfigEntry("retention.ms", "123456"), AlterConfigOp.OpType.SET),
                new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.APPEND)))).all().get();
            Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            expect("retention.ms", config.get("retention.ms").value(), "123456");
            expect("source", config.get("retention.ms").source(), ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
            expect("default source", config.get("segment.bytes").source(), ConfigEntry.ConfigSource.DEFAULT_CONFIG);
            expect("policy", config.get("cleanup.policy").value(), "delete,compact");
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(4))).all().get();
            await(() -> partitions(admin, topic) == 4, "partitions not grown");
            batchInto(topic, 3);
            TopicPartition three = new TopicPartition(topic, 3);
            expect("low watermark", admin.deleteRecords(Map.of(three, RecordsToDelete.beforeOffset(2))).lowWatermarks()
                .get(three).get().lowWatermark(), 2L);
            expect("earliest", admin.listOffsets(Map.of(three, OffsetSpec.earliest())).all().get().get(three).offset(), 2L);
            expect("max timestamp", admin.listOffsets(Map.of(three, OffsetSpec.maxTimestamp())).all().get().get(three)
                .offset() >= 2L, true);
            admin.alterConsumerGroupOffsets("g-" + topic, Map.of(three, new OffsetAndMetadata(2))).all().get();
            expect("group offsets", admin.listConsumerGroupOffsets("g-" + topic).partitionsToOffsetAndMetadata().get()
                .get(three).offset(), 2L);
            expect("group state", admin.describeConsumerGroups(List.of("g-" + topic)).all().get().get("g-" + topic)
                .groupState().toString(), "Empty");
            admin.deleteConsumerGroups(List.of("g-" + topic)).all().get();
            expect("nodes", admin.describeCluster().nodes().get().size(), 1);
            expect("log dirs", admin.describeLogDirs(List.of(admin.describeCluster().nodes().get().iterator().next().id()))
                .allDescriptions().get().size(), 1);
            admin.deleteTopics(List.of(topic)).all().get();
            await(() -> !names(admin).contains(topic), "topic not deleted");
        }
    }

    static int partitions(Admin admin, String topic) {
        try {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static Collection<String> names(Admin admin) {
        try {
            return admin.listTopics().names().get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a tool's main class in a process of its own, as its shell script does. */
    static String tool(String stdin, String mainClass, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of("java", "-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
            "-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(Arrays.asList(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().write(bytes(stdin));
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        expect(mainClass + " exit code, having said " + out, process.waitFor(), 0);
        return out;
    }

    /** Once the topic is compacted there are gaps between its batches; every newest value is found behind them. */
    static void compacted() throws Exception {
        String topic = "java-compacted-" + RUN;
        try (Admin admin = admin0()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(Map.of("cleanup.policy", "compact",
                    "segment.bytes", "1048576", "min.cleanable.dirty.ratio", "0.01")))).all().get();
        }
        int total = 30000;
        Map<String, Long> newest = new HashMap<>();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < total; i++) {
            String key = "k" + (i % 100 == 0 ? i - i % 500 : i % 100);
            newest.put(key, (long) i);
            records.add(new ProducerRecord<>(topic, 0, key.getBytes(StandardCharsets.UTF_8),
                    (i + "-" + "x".repeat(100)).getBytes(StandardCharsets.UTF_8)));
        }
        produce(records, "batch.size", 8000);
        TopicPartition partition = new TopicPartition(topic, 0);
        await(() -> {
            Map<String, Long> found = new HashMap<>();
            int count = 0;
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config("key.deserializer",
                    ByteArrayDeserializer.class.getName(), "value.deserializer", ByteArrayDeserializer.class.getName(),
                    "isolation.level", "read_committed"))) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                while (consumer.position(partition) < total && System.nanoTime() < end) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                        String value = new String(record.value(), StandardCharsets.UTF_8);
                        expect("offset", record.offset(), Long.parseLong(value.substring(0, value.indexOf('-'))));
                        found.put(new String(record.key(), StandardCharsets.UTF_8), record.offset());
                        count++;
                    }
                }
                expect("position", consumer.position(partition), (long) total);
            }
            expect("newest", found, newest);
            return count < total;
        }, "nothing was compacted");
    }

    static void contains(String what, String text, String part) {
        if (!text.contains(part)) {
            throw new AssertionError(what + ": no '" + part + "' in: " + text);
        }
    }

    static void toolTopics() throws Exception {
        String tool = "org.apache.kafka.tools.TopicCommand";
        String name = "java-tool-topics-" + RUN;
        contains("create", tool("", tool, "--bootstrap-server", bootstrap, "--create", "--topic", name, "--partitions", "3",
            "--config", "segment.bytes=2097152"), "Created topic");
        String described = tool("", tool, "--bootstrap-server", bootstrap, "--describe", "--topic", name);
        contains("describe", described, "PartitionCount: 3");
        contains("describe", described, "segment.bytes=2097152");
        contains("list", tool("", tool, "--bootstrap-server", bootstrap, "--list"), name);
        String configs = tool("", "kafka.admin.ConfigCommand", "--bootstrap-server", bootstrap, "--describe", "--all",
            "--topic", name);
        contains("configs", configs, "segment.bytes=2097152");
        contains("configs", configs, "retention.ms=604800000");
        contains("versions", tool("", "org.apache.kafka.tools.BrokerApiVersionsCommand", "--bootstrap-server", bootstrap),
            "Fetch(1): 4 to 18");
        tool("", tool, "--bootstrap-server", bootstrap, "--delete", "--topic", name);
    }

    static void toolConsole() throws Exception {
        String name = topic("java-tool-console-" + RUN, 1);
        tool("k1:one\nk2:two\n", "org.apache.kafka.tools.ConsoleProducer", "--bootstrap-server", bootstrap, "--topic", name,
            "--reader-property", "parse.key=true", "--reader-property", "key.separator=:");
        String out = tool("", "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", bootstrap, "--topic",
            name, "--from-beginning", "--max-messages", "2", "--timeout-ms", "20000", "--group", "g-" + name,
            "--formatter-property", "print.key=true");
        contains("console", out, "k1\tone\nk2\ttwo\n");
        contains("offsets", tool("", "org.apache.kafka.tools.GetOffsetShell", "--bootstrap-server", bootstrap, "--topic",
            name), name + ":0:2");
    }

    static void toolGroups() throws Exception {
        String tool = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
        String name = topic("java-tool-groups-" + RUN, 1);
        batchInto(name, 0);
        String group = "g-" + name;
        expect("taken", take(name, 3).size(), 3);
        for (String[] reset : new String[][] {{"--to-earliest"}, {"--to-latest"}, {"--to-offset", "1"}, {"--shift-by", "1"},
            {"--by-duration", "PT1H"}, {"--to-datetime", "2020-01-01T00:00:00.000"}, {"--to-current"}}) {
            List<String> args = new ArrayList<>(List.of("--bootstrap-server", bootstrap, "--group", group, "--topic", name,
                "--reset-offsets", "--execute"));
            args.addAll(Arrays.asList(reset));
            contains(reset[0], tool("", tool, args.toArray(String[]::new)), name);
        }
        contains("describe", tool("", tool, "--bootstrap-server", bootstrap, "--describe", "--group", group), name);
        contains("list", tool("", tool, "--bootstrap-server", bootstrap, "--list", "--state"), "Empty");
        contains("delete", tool("", tool, "--bootstrap-server", bootstrap, "--delete", "--group", group), "successful");
    }
}
