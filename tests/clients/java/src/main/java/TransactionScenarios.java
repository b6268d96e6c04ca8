// SPDX-License-Identifier: GPL-3.0-or-later
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Transactions of the Java client, and the tool that looks at them. */
class TransactionScenarios {
    static KafkaProducer<byte[], byte[]> producer(String id, Object... pairs) {
        Map<String, Object> config = Scenarios.config(pairs);
        config.put("transactional.id", id);
        config.put("max.block.ms", 30_000);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static void send(KafkaProducer<byte[], byte[]> producer, String topic, int from, int to) {
        for (int i = from; i < to; i++) {
            producer.send(new ProducerRecord<>(topic, null, ("v" + i).getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Everything up to the end that the isolation level has. */
    static List<String> read(String topic, String isolation) throws Exception {
        Map<String, Object> config = Scenarios.config("isolation.level", isolation, "auto.offset.reset", "earliest");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            consumer.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long limit = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                if (System.nanoTime() > limit) {
                    throw new AssertionError(topic + ": the end is not reached, " + values.size() + " records");
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(new String(record.value(), StandardCharsets.UTF_8));
                }
            }
        }
        return values;
    }

    static void commitAndAbort() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("txn"), 2);
        try (KafkaProducer<byte[], byte[]> producer = producer(topic)) {
            producer.initTransactions();
            for (int round = 0; round < 6; round++) {
                producer.beginTransaction();
                send(producer, topic, round * 10, round * 10 + 10);
                if (round % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
            producer.beginTransaction();
            producer.commitTransaction();
            producer.beginTransaction();
            producer.abortTransaction();
        }
        List<String> committed = read(topic, "read_committed");
        Scenarios.expect("committed records", committed.size(), 30);
        Scenarios.expect("an aborted record", committed.contains("v15"), false);
        Scenarios.expect("all records", read(topic, "read_uncommitted").size(), 60);
    }

    static void openIsInvisible() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("txn-open"), 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaProducer<byte[], byte[]> producer = producer(topic); Admin admin = Scenarios.admin0()) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, topic, 0, 5);
            producer.flush();
            Scenarios.expect("committed while open", read(topic, "read_committed").size(), 0);
            Scenarios.expect("uncommitted while open", read(topic, "read_uncommitted").size(), 5);
            Scenarios.expect("last stable offset", end(admin, partition, IsolationLevel.READ_COMMITTED), 0L);
            Scenarios.expect("end", end(admin, partition, IsolationLevel.READ_UNCOMMITTED), 5L);
            TransactionDescription open =
                    admin.describeTransactions(List.of(topic)).description(topic).get();
            Scenarios.expect("state", open.state(), TransactionState.ONGOING);
            Scenarios.expect("partitions", open.topicPartitions(), Set.of(partition));
            Scenarios.expect("open at the partition", admin.describeProducers(List.of(partition))
                    .partitionResult(partition).get().activeProducers().get(0).currentTransactionStartOffset()
                    .getAsLong(), 0L);
            producer.commitTransaction();
            Scenarios.expect("committed", read(topic, "read_committed").size(), 5);
            Scenarios.expect("listed", admin.listTransactions().all().get().stream()
                    .anyMatch(t -> t.transactionalId().equals(topic)), true);
        }
    }

    static long end(Admin admin, TopicPartition partition, IsolationLevel level) throws Exception {
        return admin.listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(level))
                .partitionResult(partition).get().offset();
    }

    static void fencing() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("txn-fence"), 1);
        try (KafkaProducer<byte[], byte[]> old = producer(topic);
                KafkaProducer<byte[], byte[]> fresh = producer(topic)) {
            old.initTransactions();
            old.beginTransaction();
            send(old, topic, 0, 5);
            old.flush();
            fresh.initTransactions();
            boolean isFenced = false;
            try {
                send(old, topic, 5, 6);
                old.commitTransaction();
            } catch (ProducerFencedException | InvalidProducerEpochException fenced) {
                isFenced = true;
            }
            Scenarios.expect("the old one is fenced", isFenced, true);
            fresh.beginTransaction();
            send(fresh, topic, 10, 13);
            fresh.commitTransaction();
            old.close(Duration.ZERO);
        }
        Scenarios.expect("records", read(topic, "read_committed"), List.of("v10", "v11", "v12"));
    }

    /** Reads from one topic, writes to another, and commits its position with what it has written. */
    static void consumeTransformProduce() throws Exception {
        String from = Scenarios.topic(Scenarios.named("txn-from"), 1);
        String to = Scenarios.topic(Scenarios.named("txn-to"), 1);
        try (KafkaProducer<byte[], byte[]> feed = producer(from)) {
            feed.initTransactions();
            feed.beginTransaction();
            send(feed, from, 0, 40);
            feed.commitTransaction();
        }
        String group = "copy-" + from;
        TopicPartition partition = new TopicPartition(from, 0);
        for (int life = 0; life < 4; life++) {
            Map<String, Object> config = Scenarios.config("group.id", group, "isolation.level", "read_committed",
                    "auto.offset.reset", "earliest", "enable.auto.commit", "false", "max.poll.records", 10);
            try (KafkaConsumer<byte[], byte[]> consumer =
                            new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                    KafkaProducer<byte[], byte[]> producer = producer(to)) {
                producer.initTransactions();
                consumer.subscribe(List.of(from));
                List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
                Scenarios.await(() -> {
                    consumer.poll(Duration.ofMillis(200)).forEach(batch::add);
                    return !batch.isEmpty();
                }, "nothing to copy");
                producer.beginTransaction();
                batch.forEach(r -> producer.send(new ProducerRecord<>(to, null, r.value())));
                long next = batch.get(batch.size() - 1).offset() + 1;
                producer.sendOffsetsToTransaction(
                        Map.of(partition, new OffsetAndMetadata(next)), consumer.groupMetadata());
                if (life == 1) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
        List<String> copied = read(to, "read_committed");
        Scenarios.expect("copied once each", copied.size(), 30);
        Scenarios.expect("first", copied.get(0), "v0");
        Scenarios.expect("last", copied.get(29), "v29");
        try (Admin admin = Scenarios.admin0()) {
            Scenarios.expect("committed position", admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata().get().get(partition).offset(), 30L);
        }
    }

    static void timeout() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("txn-timeout"), 1);
        try (KafkaProducer<byte[], byte[]> producer = producer(topic, "transaction.timeout.ms", 2000);
                Admin admin = Scenarios.admin0()) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, topic, 0, 3);
            producer.flush();
            TopicPartition partition = new TopicPartition(topic, 0);
            Scenarios.await(() -> {
                try {
                    return end(admin, partition, IsolationLevel.READ_COMMITTED) == 4;
                } catch (Exception error) {
                    return false;
                }
            }, "the transaction was not aborted");
            Scenarios.expect("committed", read(topic, "read_committed").size(), 0);
            boolean isRefused = false;
            try {
                producer.commitTransaction();
            } catch (ProducerFencedException | InvalidProducerEpochException fenced) {
                isRefused = true;
            }
            Scenarios.expect("the late commit is refused", isRefused, true);
        }
    }

    static void tool() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("txn-tool"), 1);
        try (KafkaProducer<byte[], byte[]> producer = producer(topic)) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, topic, 0, 3);
            producer.flush();
            String listed = run("list");
            Scenarios.expect("list", listed.contains(topic) && listed.contains("Ongoing"), true);
            String described = run("describe", "--transactional-id", topic);
            Scenarios.expect("describe", described.contains("Ongoing") && described.contains(topic + "-0"), true);
            String producers = run("describe-producers", "--topic", topic, "--partition", "0");
            Scenarios.expect("describe-producers", producers.lines().count() >= 2, true);
            run("abort", "--topic", topic, "--partition", "0", "--start-offset", "0");
            try (Admin admin = Scenarios.admin0()) {
                Scenarios.expect("aborted", end(admin, new TopicPartition(topic, 0), IsolationLevel.READ_COMMITTED), 4L);
            }
            producer.close(Duration.ZERO);
        }
        Scenarios.expect("nothing hangs", run("find-hanging", "--topic", topic).contains(topic), false);
    }

    static String run(String... args) throws Exception {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", Scenarios.bootstrap()));
        all.addAll(List.of(args));
        return Scenarios.tool("", "org.apache.kafka.tools.TransactionsCommand", all.toArray(new String[0]));
    }

    static Map<String, Scenarios.Scenario> all() {
        Map<String, Scenarios.Scenario> all = new java.util.LinkedHashMap<>();
        all.put("txn-commit-abort", TransactionScenarios::commitAndAbort);
        all.put("txn-open", TransactionScenarios::openIsInvisible);
        all.put("txn-fencing", TransactionScenarios::fencing);
        all.put("txn-offsets", TransactionScenarios::consumeTransformProduce);
        all.put("txn-timeout", TransactionScenarios::timeout);
        all.put("tool-transactions", TransactionScenarios::tool);
        return all;
    }

    /** Left open by this run of the program, for the broker to keep over its restart. */
    static void leaveOpen() throws Exception {
        String topic = Scenarios.topic("txn-left-open", 1);
        KafkaProducer<byte[], byte[]> producer = producer(topic);
        producer.initTransactions();
        producer.beginTransaction();
        send(producer, topic, 0, 3);
        producer.commitTransaction();
        producer.beginTransaction();
        send(producer, topic, 3, 6);
        producer.flush();
        // Not closed: that would abort.
    }

    static void openIsKept() throws Exception {
        String topic = "txn-left-open";
        Scenarios.expect("committed", read(topic, "read_committed").size(), 3);
        Scenarios.expect("all", read(topic, "read_uncommitted").size(), 6);
        try (KafkaProducer<byte[], byte[]> producer = producer(topic)) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, topic, 6, 8);
            producer.commitTransaction();
        }
        Scenarios.expect("committed after", read(topic, "read_committed"), List.of("v0", "v1", "v2", "v6", "v7"));
    }
}
