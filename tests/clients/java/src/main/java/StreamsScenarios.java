// SPDX-License-Identifier: GPL-3.0-or-later
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;

/** Kafka Streams with group.protocol=streams (KIP-1071): a count behind a repartition topic, with a changelog. */
public class StreamsScenarios {
    public static void main(String[] args) {
        Scenarios.bootstrap = args[1];
        Map<String, Scenarios.Scenario> main = new LinkedHashMap<>();
        main.put("streams-count", StreamsScenarios::count);
        main.put("streams-missing-source", StreamsScenarios::missingSource);
        main.put("streams-standby", StreamsScenarios::standby);
        main.put("streams-tool", StreamsScenarios::tool);
        main.put("streams-keep", () -> keep(0, 100));
        Scenarios.runAll(args[0].equals("main") ? main : Map.of("streams-kept", () -> keep(100, 200)));
    }

    static KafkaStreams start(String app, String input, String output, int instance) throws Exception {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(input, Consumed.with(Serdes.String(), Serdes.String()))
            .selectKey((key, value) -> "word" + Integer.parseInt(value) % 7)
            .groupByKey(Grouped.with(Serdes.String(), Serdes.String()))
            .count(Materialized.<String, Long>as(Stores.inMemoryKeyValueStore("counts")).withKeySerde(Serdes.String())
                .withValueSerde(Serdes.Long()))
            .toStream()
            .to(output, Produced.with(Serdes.String(), Serdes.Long()));
        Properties config = new Properties();
        config.put("bootstrap.servers", Scenarios.bootstrap);
        config.put("application.id", app);
        config.put("group.protocol", "streams");
        config.put("client.id", app + "-" + instance);
        config.put("num.stream.threads", "1");
        config.put("commit.interval.ms", "200");
        config.put("metadata.max.age.ms", "1000");
        config.put("statestore.cache.max.bytes", "0");
        config.put("state.dir", Files.createTempDirectory("streams-" + instance).toString());
        config.put("consumer.auto.offset.reset", "earliest");
        KafkaStreams streams = new KafkaStreams(builder.build(), config);
        streams.start();
        return streams;
    }

    static void feed(String input, int from, int to) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            records.add(new ProducerRecord<>(input, Scenarios.bytes("k" + i), Scenarios.bytes(String.valueOf(i))));
        }
        Scenarios.produce(records);
    }

    /** The newest count of each word. */
    static Map<String, Long> counts(String output, int partitions) {
        Map<String, Object> config = Scenarios.config("auto.offset.reset", "earliest");
        Map<String, Long> newest = new TreeMap<>();
        try (KafkaConsumer<String, Long> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new LongDeserializer())) {
            List<TopicPartition> all = new ArrayList<>();
            for (int p = 0; p < partitions; p++) {
                all.add(new TopicPartition(output, p));
            }
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<String, Long> record : consumer.poll(Duration.ofMillis(200))) {
                    newest.put(record.key(), record.value());
                }
            }
        }
        return newest;
    }

    static Map<String, Long> expected(int to) {
        Map<String, Long> counts = new TreeMap<>();
        for (int i = 0; i < to; i++) {
            counts.merge("word" + i % 7, 1L, Long::sum);
        }
        return counts;
    }

    static int activeTasks(KafkaStreams streams) {
        return streams.metadataForLocalThreads().stream().mapToInt(thread -> thread.activeTasks().size()).sum();
    }

    static int standbyTasks(KafkaStreams streams) {
        return streams.metadataForLocalThreads().stream().mapToInt(thread -> thread.standbyTasks().size()).sum();
    }

    static StreamsGroupDescription describe(Admin admin, String group) {
        try {
            return admin.describeStreamsGroups(List.of(group)).all().get().get(group);
        } catch (ExecutionException | InterruptedException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Two instances share the tasks, one goes, the other takes over with the state. */
    static void count() throws Exception {
        String input = Scenarios.topic("streams-in-" + Scenarios.RUN, 3);
        String output = Scenarios.topic("streams-out-" + Scenarios.RUN, 3);
        String app = "streams-app-" + Scenarios.RUN;
        GroupScenarios.setGroup(app, "streams.initial.rebalance.delay.ms", "500");
        feed(input, 0, 300);
        KafkaStreams one = start(app, input, output, 1);
        KafkaStreams two = start(app, input, output, 2);
        try (Admin admin = Scenarios.admin0()) {
            Scenarios.await(() -> activeTasks(one) == 3 && activeTasks(two) == 3, "the six tasks were never shared");
            Scenarios.await(() -> counts(output, 3).equals(expected(300)), "wrong counts: " + counts(output, 3));
            Scenarios.expect("type", GroupScenarios.typeOf(admin, app), GroupType.STREAMS);
            Scenarios.await(() -> describe(admin, app).groupState().toString().equals("Stable"), "never stable");
            StreamsGroupDescription described = describe(admin, app);
            Scenarios.expect("members", described.members().size(), 2);
            Scenarios.expect("subtopologies", described.subtopologies().size(), 2);
            one.close(Duration.ofSeconds(20));
            feed(input, 300, 600);
            Scenarios.await(() -> activeTasks(two) == 6, "the survivor never took over");
            Scenarios.await(() -> counts(output, 3).equals(expected(600)), "wrong counts after the take-over");
        } finally {
            one.close(Duration.ofSeconds(20));
            two.close(Duration.ofSeconds(20));
        }
    }

    /** An application that is started before its topic waits for it. */
    static void missingSource() throws Exception {
        String input = "streams-late-" + Scenarios.RUN;
        String output = Scenarios.topic("streams-late-out-" + Scenarios.RUN, 1);
        String app = "streams-late-app-" + Scenarios.RUN;
        try (Admin admin = Scenarios.admin0(); KafkaStreams streams = start(app, input, output, 1)) {
            Scenarios.await(() -> {
                try {
                    return describe(admin, app).groupState().toString().equals("NotReady");
                } catch (IllegalStateException notYet) {
                    return false;
                }
            }, "never said that it is not ready");
            Scenarios.topic(input, 1);
            feed(input, 0, 10);
            Scenarios.await(() -> counts(output, 1).equals(expected(10)), "nothing was counted");
        }
    }

    static void standby() throws Exception {
        String input = Scenarios.topic("streams-standby-in-" + Scenarios.RUN, 2);
        String output = Scenarios.topic("streams-standby-out-" + Scenarios.RUN, 2);
        String app = "streams-standby-" + Scenarios.RUN;
        GroupScenarios.setGroup(app, "streams.num.standby.replicas", "1");
        GroupScenarios.setGroup(app, "streams.initial.rebalance.delay.ms", "500");
        feed(input, 0, 50);
        try (KafkaStreams one = start(app, input, output, 1); KafkaStreams two = start(app, input, output, 2)) {
            Scenarios.await(() -> activeTasks(one) == 2 && activeTasks(two) == 2, "active tasks were never shared");
            Scenarios.await(() -> standbyTasks(one) + standbyTasks(two) == 2, "standby tasks never came");
            Scenarios.await(() -> counts(output, 2).equals(expected(50)), "wrong counts");
        }
    }

    static void tool() throws Exception {
        String app = "streams-app-" + Scenarios.RUN;
        String main = "org.apache.kafka.tools.streams.StreamsGroupCommand";
        Scenarios.contains("list", Scenarios.tool("", main, "--bootstrap-server", Scenarios.bootstrap, "--list"), app);
        String input = "streams-in-" + Scenarios.RUN;
        try (KafkaStreams streams = start(app, input, "streams-out-" + Scenarios.RUN, 3)) {
            Scenarios.await(() -> activeTasks(streams) == 6, "the tasks never came");
            Scenarios.contains("describe", Scenarios.tool("", main, "--bootstrap-server", Scenarios.bootstrap, "--describe",
                "--group", app), input);
        }
        Scenarios.contains("state", Scenarios.tool("", main, "--bootstrap-server", Scenarios.bootstrap, "--describe",
            "--group", app, "--state"), "Empty");
    }

    /** Counts on from where the last run of the application stopped. */
    static void keep(int from, int to) throws Exception {
        if (from == 0) {
            Scenarios.topic("streams-keep-in", 2);
            Scenarios.topic("streams-keep-out", 2);
        }
        feed("streams-keep-in", from, to);
        try (KafkaStreams streams = start("streams-keeper", "streams-keep-in", "streams-keep-out", 1)) {
            Scenarios.await(() -> counts("streams-keep-out", 2).equals(expected(to)),
                "wrong counts: " + counts("streams-keep-out", 2));
        }
    }
}
