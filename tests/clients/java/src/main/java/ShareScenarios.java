// SPDX-License-Identifier: GPL-3.0-or-later
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Share groups (KIP-932) through the Java client, its admin and Apache Kafka's tool. */
public class ShareScenarios {
    public static void main(String[] args) {
        Scenarios.bootstrap = args[1];
        Map<String, Scenarios.Scenario> main = new LinkedHashMap<>();
        main.put("share-queue", ShareScenarios::queue);
        main.put("share-release", ShareScenarios::release);
        main.put("share-limit", ShareScenarios::limit);
        main.put("share-lock", ShareScenarios::lock);
        main.put("share-close", ShareScenarios::close);
        main.put("share-admin", ShareScenarios::admin);
        main.put("share-tool", ShareScenarios::tool);
        main.put("share-keep", ShareScenarios::keep);
        Scenarios.runAll(args[0].equals("main") ? main : Map.of("share-kept", ShareScenarios::kept));
    }

    static KafkaShareConsumer<byte[], byte[]> consumer(String group, String topic, Object... pairs) {
        Map<String, Object> config = Scenarios.config("group.id", group, "share.acknowledgement.mode", "explicit");
        for (int i = 0; i < pairs.length; i += 2) {
            config.put((String) pairs[i], pairs[i + 1]);
        }
        KafkaShareConsumer<byte[], byte[]> consumer =
            new KafkaShareConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    /** A topic, and a group that reads it from the beginning. */
    static String prepare(String name, int partitions) throws Exception {
        String topic = Scenarios.topic(name, partitions);
        GroupScenarios.setGroup("g-" + topic, "share.auto.offset.reset", "earliest");
        return topic;
    }

    static void fill(String topic, int from, int count) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            records.add(new ProducerRecord<>(topic, Scenarios.bytes(String.valueOf(i)), Scenarios.bytes(String.valueOf(i))));
        }
        Scenarios.produce(records);
    }

    static String text(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    /** Polls until `count` records of the wanted kind came, and answers each with `type`. */
    static List<ConsumerRecord<byte[], byte[]>> take(KafkaShareConsumer<byte[], byte[]> consumer, int count,
            AcknowledgeType type) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> got = new ArrayList<>();
        Scenarios.await(() -> {
            consumer.poll(Duration.ofMillis(300)).forEach(record -> {
                got.add(record);
                if (type != null) {
                    consumer.acknowledge(record, type);
                }
            });
            return got.size() >= count;
        }, "wanted " + count + " records");
        if (type != null) {
            consumer.commitSync().values().forEach(error -> error.ifPresent(e -> {
                throw e;
            }));
        }
        return got;
    }

    static void nothing(KafkaShareConsumer<byte[], byte[]> consumer, int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        while (System.nanoTime() < end) {
            Scenarios.expect("records that should be with somebody else or done",
                consumer.poll(Duration.ofMillis(200)).count(), 0);
        }
    }

    /** Three consumers on two partitions: every record once, nobody without work. */
    static void queue() throws Exception {
        String topic = prepare("share-queue-" + Scenarios.RUN, 2);
        Map<String, Integer> deliveries = new ConcurrentHashMap<>();
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        List<AtomicInteger> counts = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            AtomicInteger count = new AtomicInteger();
            counts.add(count);
            Thread thread = new Thread(() -> {
                try (KafkaShareConsumer<byte[], byte[]> consumer = consumer("g-" + topic, topic, "max.poll.records", 50)) {
                    while (!stop.get()) {
                        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                            deliveries.merge(text(record), 1, Integer::sum);
                            count.incrementAndGet();
                            consumer.acknowledge(record, AcknowledgeType.ACCEPT);
                        }
                    }
                } catch (Throwable error) {
                    synchronized (failures) {
                        failures.add(error);
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        try {
            // On a busy machine one of them may join late: there is work until each has had some.
            int batches = 0;
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (batches < 40 || (System.nanoTime() < end && counts.stream().anyMatch(n -> n.get() == 0))) {
                fill(topic, batches * 50, 50);
                batches++;
            }
            int sent = batches * 50;
            Scenarios.await(() -> deliveries.size() == sent, "not everything was delivered: " + deliveries.size());
        } finally {
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        Scenarios.expect("failures", failures, List.of());
        Scenarios.expect("delivered twice", deliveries.values().stream().filter(n -> n > 1).count(), 0L);
        Scenarios.expect("idle consumers", counts.stream().filter(n -> n.get() == 0).count(), 0L);
    }

    static void release() throws Exception {
        String topic = prepare("share-release-" + Scenarios.RUN, 1);
        fill(topic, 0, 10);
        try (KafkaShareConsumer<byte[], byte[]> consumer = consumer("g-" + topic, topic)) {
            Predicate<ConsumerRecord<byte[], byte[]>> odd = record -> record.offset() % 2 == 1;
            List<ConsumerRecord<byte[], byte[]>> first = take(consumer, 10, null);
            first.forEach(r -> consumer.acknowledge(r, odd.test(r) ? AcknowledgeType.RELEASE
                : r.offset() == 0 ? AcknowledgeType.REJECT : AcknowledgeType.ACCEPT));
            consumer.commitSync();
            List<ConsumerRecord<byte[], byte[]>> again = take(consumer, 5, AcknowledgeType.ACCEPT);
            Scenarios.expect("released", again.stream().map(ConsumerRecord::offset).toList(), List.of(1L, 3L, 5L, 7L, 9L));
            Scenarios.expect("delivery count", again.get(0).deliveryCount().orElseThrow(), (short) 2);
            nothing(consumer, 1000);
        }
    }

    static void limit() throws Exception {
        String topic = prepare("share-limit-" + Scenarios.RUN, 1);
        fill(topic, 0, 3);
        try (KafkaShareConsumer<byte[], byte[]> consumer = consumer("g-" + topic, topic)) {
            for (int i = 1; i <= 5; i++) {
                List<ConsumerRecord<byte[], byte[]>> got = take(consumer, 3, AcknowledgeType.RELEASE);
                Scenarios.expect("delivery count", got.get(0).deliveryCount().orElseThrow(), (short) i);
            }
            nothing(consumer, 1500);
            fill(topic, 3, 1);
            Scenarios.expect("next", text(take(consumer, 1, AcknowledgeType.ACCEPT).get(0)), "3");
        }
    }

    /** A lock keeps records from others, longer when it is renewed, and then no more. */
    static void lock() throws Exception {
        String topic = prepare("share-lock-" + Scenarios.RUN, 1);
        GroupScenarios.setGroup("g-" + topic, "share.record.lock.duration.ms", "15000");
        fill(topic, 0, 2);
        try (KafkaShareConsumer<byte[], byte[]> holder = consumer("g-" + topic, topic);
                KafkaShareConsumer<byte[], byte[]> other = consumer("g-" + topic, topic)) {
            long taken = System.nanoTime();
            List<ConsumerRecord<byte[], byte[]>> held = take(holder, 2, null);
            nothing(other, 8000);
            holder.acknowledge(held.get(0), AcknowledgeType.ACCEPT);
            holder.acknowledge(held.get(1), AcknowledgeType.RENEW);
            holder.commitSync();
            List<ConsumerRecord<byte[], byte[]>> got = take(other, 1, AcknowledgeType.ACCEPT);
            long seconds = (System.nanoTime() - taken) / 1_000_000_000L;
            Scenarios.expect("the second one only", got.stream().map(ConsumerRecord::offset).toList(), List.of(1L));
            Scenarios.expect("kept for the renewed lock: " + seconds + " s", seconds >= 22 && seconds < 40, true);
        }
    }

    /** What a consumer held when it closed is available at once, and its delivery does not count. */
    static void close() throws Exception {
        String topic = prepare("share-close-" + Scenarios.RUN, 1);
        fill(topic, 0, 4);
        try (KafkaShareConsumer<byte[], byte[]> first = consumer("g-" + topic, topic)) {
            Scenarios.expect("held", take(first, 4, null).size(), 4);
        }
        try (KafkaShareConsumer<byte[], byte[]> second = consumer("g-" + topic, topic)) {
            long from = System.nanoTime();
            Scenarios.expect("released", take(second, 4, AcknowledgeType.ACCEPT).size(), 4);
            Scenarios.expect("without waiting for locks", System.nanoTime() - from < 10_000_000_000L, true);
        }
    }

    static void admin() throws Exception {
        String topic = prepare("share-admin-" + Scenarios.RUN, 2);
        String group = "g-" + topic;
        TopicPartition zero = new TopicPartition(topic, 0);
        try (Admin admin = Scenarios.admin0()) {
            try (KafkaShareConsumer<byte[], byte[]> consumer = consumer(group, topic, "client.id", "me")) {
                Scenarios.batchInto(topic, 0);
                take(consumer, 3, AcknowledgeType.ACCEPT);
                ShareGroupDescription described = admin.describeShareGroups(List.of(group)).all().get().get(group);
                Scenarios.expect("state", described.groupState().toString(), "Stable");
                Scenarios.expect("client", described.members().iterator().next().clientId(), "me");
                Scenarios.expect("assigned", described.members().iterator().next().assignment().topicPartitions().size(), 2);
                Scenarios.expect("type", GroupScenarios.typeOf(admin, group), GroupType.SHARE);
                GroupScenarios.refused(GroupNotEmptyException.class,
                    () -> admin.deleteShareGroups(List.of(group)).all().get());
            }
            Scenarios.await(() -> start(admin, group, zero) == 3, "the start did not follow");
            admin.alterShareGroupOffsets(group, Map.of(zero, 1L)).all().get();
            Scenarios.expect("moved", start(admin, group, zero), 1L);
            try (KafkaShareConsumer<byte[], byte[]> consumer = consumer(group, topic)) {
                Scenarios.expect("again", take(consumer, 2, AcknowledgeType.ACCEPT).get(0).offset(), 1L);
            }
            admin.deleteShareGroupOffsets(group, Set.of(topic)).all().get();
            Scenarios.expect("no start", start(admin, group, zero), -1L);
            admin.deleteShareGroups(List.of(group)).all().get();
            Scenarios.expect("gone", GroupScenarios.typeOf(admin, group), GroupType.UNKNOWN);
        }
    }

    static long start(Admin admin, String group, TopicPartition partition) {
        try {
            var offsets = admin.listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                .partitionsToOffsetInfo(group).get();
            return offsets.get(partition) == null ? -1 : offsets.get(partition).startOffset();
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    static void tool() throws Exception {
        String topic = prepare("share-tool-" + Scenarios.RUN, 1);
        String group = "g-" + topic;
        fill(topic, 0, 5);
        try (KafkaShareConsumer<byte[], byte[]> consumer = consumer(group, topic)) {
            take(consumer, 5, AcknowledgeType.ACCEPT);
            Scenarios.contains("members", share("--describe", "--group", group, "--members"), topic + ":0");
            Scenarios.contains("state", share("--describe", "--group", group, "--state"), "Stable");
        }
        Scenarios.contains("list", share("--list", "--state"), group);
        Scenarios.contains("offsets", share("--describe", "--group", group), topic + " ");
        Scenarios.contains("reset", share("--reset-offsets", "--group", group, "--topic", topic, "--to-earliest", "--execute"),
            topic);
        Scenarios.contains("delete offsets", share("--delete-offsets", "--group", group, "--topic", topic), topic);
        Scenarios.contains("delete", share("--delete", "--group", group), "successful");
    }

    static String share(String... args) throws Exception {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", Scenarios.bootstrap));
        all.addAll(List.of(args));
        return Scenarios.tool("", "org.apache.kafka.tools.consumer.group.ShareGroupCommand", all.toArray(String[]::new));
    }

    static void keep() throws Exception {
        prepare("share-keeper", 1);
        fill("share-keeper", 0, 10);
        try (KafkaShareConsumer<byte[], byte[]> consumer = consumer("g-share-keeper", "share-keeper")) {
            List<ConsumerRecord<byte[], byte[]>> got = take(consumer, 10, null);
            for (ConsumerRecord<byte[], byte[]> record : got) {
                consumer.acknowledge(record, record.offset() < 3 || record.offset() == 5 ? AcknowledgeType.ACCEPT
                    : AcknowledgeType.RELEASE);
            }
            consumer.commitSync();
        }
    }

    /** After a restart: what was done stays done, what was given back comes again with its deliveries. */
    static void kept() throws Exception {
        try (KafkaShareConsumer<byte[], byte[]> consumer = consumer("g-share-keeper", "share-keeper")) {
            List<ConsumerRecord<byte[], byte[]>> got = take(consumer, 6, AcknowledgeType.ACCEPT);
            Scenarios.expect("offsets", new TreeSet<>(got.stream().map(ConsumerRecord::offset).toList()),
                new TreeSet<>(Set.of(3L, 4L, 6L, 7L, 8L, 9L)));
            Scenarios.expect("delivery count", got.get(0).deliveryCount().orElseThrow(), (short) 2);
            nothing(consumer, 1000);
        }
    }
}
