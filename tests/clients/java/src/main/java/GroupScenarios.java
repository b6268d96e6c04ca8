// SPDX-License-Identifier: GPL-3.0-or-later
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Groups that the broker assigns (KIP-848), through the Java client, its admin and Apache Kafka's tools. */
public class GroupScenarios {
    public static void main(String[] args) {
        Scenarios.bootstrap = args[1];
        Map<String, Scenarios.Scenario> main = new LinkedHashMap<>();
        main.put("kip848-uniform", () -> churn("uniform"));
        main.put("kip848-range", () -> churn("range"));
        main.put("kip848-static", GroupScenarios::staticMember);
        main.put("kip848-regex", GroupScenarios::regex);
        main.put("kip848-growth", GroupScenarios::growth);
        main.put("kip848-migration", GroupScenarios::migration);
        main.put("kip848-admin", GroupScenarios::admin);
        main.put("group-configs", GroupScenarios::groupConfigs);
        main.put("kip848-commit", GroupScenarios::commit);
        Scenarios.runAll(args[0].equals("main") ? main : Map.of("kip848-kept", GroupScenarios::kept));
    }

    /** One consumer on a thread of its own, committing what it has seen. */
    static final class Member extends Thread {
        final Set<String> seen;
        final AtomicBoolean leave = new AtomicBoolean();
        final String group;
        final Consumer<KafkaConsumer<byte[], byte[]>> subscribe;
        final Object[] config;
        volatile Set<TopicPartition> owned = Set.of();
        volatile Throwable failure;

        Member(String group, Set<String> seen, Consumer<KafkaConsumer<byte[], byte[]>> subscribe, Object... config) {
            this.group = group;
            this.seen = seen;
            this.subscribe = subscribe;
            this.config = config;
            start();
        }

        @Override
        public void run() {
            try (KafkaConsumer<byte[], byte[]> consumer = newConsumer(group, config)) {
                subscribe.accept(consumer);
                while (!leave.get()) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                        seen.add(new String(record.value(), StandardCharsets.UTF_8));
                    }
                    consumer.commitAsync();
                    owned = Set.copyOf(consumer.assignment());
                }
                owned = Set.of();
            } catch (Throwable error) {
                failure = error;
            }
        }
    }

    static KafkaConsumer<byte[], byte[]> newConsumer(String group, Object... pairs) {
        Map<String, Object> config = Scenarios.config("group.id", group, "auto.offset.reset", "earliest",
            "enable.auto.commit", "false", "group.protocol", "consumer", "metadata.max.age.ms", 1000);
        for (int i = 0; i < pairs.length; i += 2) {
            config.put((String) pairs[i], pairs[i + 1]);
        }
        if (config.get("group.protocol").equals("classic")) {
            config.put("heartbeat.interval.ms", 500);
            config.put("session.timeout.ms", 6000);
        }
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }


    static void setGroup(String group, String key, String value) throws Exception {
        try (Admin admin = Scenarios.admin0()) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), List.of(
                new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)))).all().get();
        }
    }

    static boolean covered(int partitions, Member... members) {
        for (Member member : members) {
            if (member.failure != null) {
                throw new IllegalStateException(member.failure);
            }
        }
        return Arrays.stream(members).mapToInt(m -> m.owned.size()).sum() == partitions
            && Arrays.stream(members).noneMatch(m -> m.owned.isEmpty());
    }

    static void leave(Member... members) throws InterruptedException {
        for (Member member : members) {
            if (member != null) {
                member.leave.set(true);
            }
        }
        for (Member member : members) {
            if (member != null) {
                member.join();
            }
        }
    }

    static void churn(String assignor) throws Exception {
        String topic = Scenarios.topic("k848-" + assignor + "-" + Scenarios.RUN, 6);
        String group = "g-" + topic;
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Object[] config = {"group.remote.assignor", assignor};
        Member a = new Member(group, seen, c -> c.subscribe(List.of(topic)), config);
        Member b = new Member(group, seen, c -> c.subscribe(List.of(topic)), config);
        Member c = new Member(group, seen, k -> k.subscribe(List.of(topic)), config);
        Member d = null;
        try {
            Scenarios.await(() -> covered(6, a, b, c), "three members never settled");
            Scenarios.batch(topic, 0);
            Scenarios.await(() -> seen.size() == 600, "first batch");
            leave(b);
            Scenarios.await(() -> covered(6, a, c), "two members never settled");
            Member late = new Member(group, seen, k -> k.subscribe(List.of(topic)), config);
            d = late;
            Scenarios.await(() -> covered(6, a, c, late), "the newcomer got nothing");
            Scenarios.batch(topic, 600);
            Scenarios.await(() -> seen.size() == 1200, "second batch");
        } finally {
            leave(a, b, c, d);
        }
    }

    static void staticMember() throws Exception {
        String topic = Scenarios.topic("k848-static-" + Scenarios.RUN, 4);
        String group = "g-" + topic;
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Member other = new Member(group, seen, c -> c.subscribe(List.of(topic)));
        Member first = new Member(group, seen, c -> c.subscribe(List.of(topic)), "group.instance.id", "one");
        Member again = null;
        try {
            Scenarios.await(() -> covered(4, other, first), "two members never settled");
            Set<TopicPartition> owned = first.owned;
            Set<TopicPartition> otherOwned = other.owned;
            leave(first);
            Member successor = new Member(group, seen, c -> c.subscribe(List.of(topic)), "group.instance.id", "one");
            again = successor;
            Scenarios.await(() -> covered(4, other, successor), "the static member did not come back");
            Scenarios.expect("partitions of the instance", successor.owned, owned);
            Scenarios.expect("partitions of the other", other.owned, otherOwned);
        } finally {
            leave(other, first, again);
        }
    }

    static void regex() throws Exception {
        String prefix = "k848-regex-" + Scenarios.RUN;
        Scenarios.topic(prefix + ".one", 2);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Member member = new Member("g-" + prefix, seen, c -> c.subscribe(new SubscriptionPattern(prefix + "\\..*")));
        try (Admin admin = Scenarios.admin0()) {
            Scenarios.await(() -> covered(2, member), "the first topic never came");
            Scenarios.topic(prefix + ".two", 3);
            Scenarios.topic("other-" + prefix + ".three", 3);
            Scenarios.await(() -> covered(5, member), "the new topic never came");
            admin.deleteTopics(List.of(prefix + ".one")).all().get();
            Scenarios.await(() -> covered(3, member), "the deleted topic never went");
        } finally {
            leave(member);
        }
        Member wrong = new Member("g-wrong-" + prefix, seen, c -> c.subscribe(new SubscriptionPattern("(")));
        Scenarios.await(() -> wrong.failure != null, "a wrong pattern was accepted");
        Scenarios.contains("wrong pattern", String.valueOf(wrong.failure), "InvalidRegularExpression");
    }

    static void growth() throws Exception {
        String topic = Scenarios.topic("k848-growth-" + Scenarios.RUN, 2);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Member a = new Member("g-" + topic, seen, c -> c.subscribe(List.of(topic)));
        Member b = new Member("g-" + topic, seen, c -> c.subscribe(List.of(topic)));
        try (Admin admin = Scenarios.admin0()) {
            Scenarios.await(() -> covered(2, a, b), "two members never settled");
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(6))).all().get();
            Scenarios.await(() -> covered(6, a, b), "the new partitions never came");
            Scenarios.batch(topic, 0);
            Scenarios.await(() -> seen.size() == 600, "records of the new partitions");
        } finally {
            leave(a, b);
        }
    }

    static GroupType typeOf(Admin admin, String group) {
        try {
            return admin.listGroups(new ListGroupsOptions()).all().get().stream().filter(g -> g.groupId().equals(group))
                .map(g -> g.type().orElseThrow()).findFirst().orElse(GroupType.UNKNOWN);
        } catch (Exception error) {
            throw new IllegalStateException(error);
        }
    }

    /** A classic group turns while its members live, and turns back when the last member of the new protocol leaves. */
    static void migration() throws Exception {
        String topic = Scenarios.topic("k848-migration-" + Scenarios.RUN, 6);
        String group = "g-" + topic;
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Object[] classic = {"group.protocol", "classic", "partition.assignment.strategy",
            "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"};
        Member a = new Member(group, seen, c -> c.subscribe(List.of(topic)), classic);
        Member b = new Member(group, seen, c -> c.subscribe(List.of(topic)), classic);
        Member c = null;
        try (Admin admin = Scenarios.admin0()) {
            Scenarios.await(() -> covered(6, a, b), "classic members never settled");
            Scenarios.expect("type before", typeOf(admin, group), GroupType.CLASSIC);
            Scenarios.batch(topic, 0);
            Scenarios.await(() -> seen.size() == 600, "first batch");
            Member modern = new Member(group, seen, k -> k.subscribe(List.of(topic)));
            c = modern;
            Scenarios.await(() -> covered(6, a, b, modern), "the mixed group never settled");
            Scenarios.expect("type between", typeOf(admin, group), GroupType.CONSUMER);
            Scenarios.batch(topic, 600);
            Scenarios.await(() -> seen.size() == 1200, "second batch");
            leave(modern);
            Scenarios.await(() -> covered(6, a, b), "classic members never settled again");
            Scenarios.expect("type after", typeOf(admin, group), GroupType.CLASSIC);
            Scenarios.batch(topic, 1200);
            Scenarios.await(() -> seen.size() == 1800, "third batch");
        } finally {
            leave(a, b, c);
        }
    }

    static <E extends Throwable> void refused(Class<E> why, Scenarios.Scenario call) throws Exception {
        try {
            call.run();
        } catch (ExecutionException error) {
            Scenarios.expect("refusal", error.getCause().getClass(), why);
            return;
        }
        throw new AssertionError("not refused with " + why.getSimpleName());
    }

    static void admin() throws Exception {
        String topic = Scenarios.topic("k848-admin-" + Scenarios.RUN, 2);
        String group = "g-" + topic;
        Member member = new Member(group, ConcurrentHashMap.newKeySet(), c -> c.subscribe(List.of(topic)), "client.id", "me");
        String tool = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
        try (Admin admin = Scenarios.admin0()) {
            Scenarios.await(() -> covered(2, member), "the member never settled");
            ConsumerGroupDescription described = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
            Scenarios.expect("type", described.type(), GroupType.CONSUMER);
            Scenarios.expect("state", described.groupState().toString(), "Stable");
            Scenarios.expect("assignor", described.partitionAssignor(), "uniform");
            Scenarios.expect("client", described.members().iterator().next().clientId(), "me");
            Scenarios.expect("upgraded", described.members().iterator().next().upgraded().get(), true);
            Scenarios.expect("assignment", described.members().iterator().next().assignment().topicPartitions(), member.owned);
            Scenarios.expect("listed", admin.listGroups(ListGroupsOptions.forConsumerGroups()
                .withTypes(Set.of(GroupType.CONSUMER))).all().get().stream().map(GroupListing::groupId)
                .filter(group::equals).count(), 1L);
            refused(GroupNotEmptyException.class, () -> admin.deleteConsumerGroups(List.of(group)).all().get());
            refused(GroupSubscribedToTopicException.class, () -> admin.deleteConsumerGroupOffsets(group,
                Set.of(new TopicPartition(topic, 0))).all().get());
            Scenarios.contains("members", Scenarios.tool("", tool, "--bootstrap-server", Scenarios.bootstrap, "--describe",
                "--group", group, "--members", "--verbose"), topic + ":0,1");
            Scenarios.contains("state", Scenarios.tool("", tool, "--bootstrap-server", Scenarios.bootstrap, "--describe",
                "--group", group, "--state"), "uniform");
            leave(member);
            admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 1), new OffsetAndMetadata(0, "note")))
                .all().get();
            Scenarios.expect("metadata", admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get()
                .get(new TopicPartition(topic, 1)).metadata(), "note");
            admin.deleteConsumerGroupOffsets(group, Set.of(new TopicPartition(topic, 1))).all().get();
            admin.deleteConsumerGroups(List.of(group)).all().get();
            Scenarios.expect("gone", typeOf(admin, group), GroupType.UNKNOWN);
        } finally {
            leave(member);
        }
    }

    static void groupConfigs() throws Exception {
        String group = "configured-" + Scenarios.RUN;
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        String tool = "kafka.admin.ConfigCommand";
        Scenarios.tool("", tool, "--bootstrap-server", Scenarios.bootstrap, "--alter", "--entity-type", "groups",
            "--entity-name", group, "--add-config", "consumer.session.timeout.ms=46000,share.auto.offset.reset=earliest");
        String described = Scenarios.tool("", tool, "--bootstrap-server", Scenarios.bootstrap, "--describe",
            "--entity-type", "groups", "--entity-name", group);
        Scenarios.contains("described", described, "consumer.session.timeout.ms=46000");
        Scenarios.contains("described", described, "share.auto.offset.reset=earliest");
        try (Admin admin = Scenarios.admin0()) {
            ConfigEntry entry = admin.describeConfigs(List.of(resource)).all().get().get(resource)
                .get("consumer.session.timeout.ms");
            Scenarios.expect("source", entry.source(), ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG);
            Scenarios.expect("default", admin.describeConfigs(List.of(resource)).all().get().get(resource)
                .get("streams.num.standby.replicas").source(), ConfigEntry.ConfigSource.DEFAULT_CONFIG);
            Scenarios.expect("listed", admin.listConfigResources(Set.of(ConfigResource.Type.GROUP),
                new org.apache.kafka.clients.admin.ListConfigResourcesOptions()).all().get().contains(resource), true);
            refused(org.apache.kafka.common.errors.InvalidConfigurationException.class,
                () -> setGroup(group, "consumer.session.timeout.ms", "1000"));
            admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(
                new ConfigEntry("consumer.session.timeout.ms", null), AlterConfigOp.OpType.DELETE)))).all().get();
            Scenarios.expect("back", admin.describeConfigs(List.of(resource)).all().get().get(resource)
                .get("consumer.session.timeout.ms").value(), "45000");
        }
    }

    static void commit() throws Exception {
        Scenarios.topic("k848-keeper", 2);
        Scenarios.batchInto("k848-keeper", 0);
        try (KafkaConsumer<byte[], byte[]> consumer = newConsumer("k848-keepers")) {
            consumer.subscribe(List.of("k848-keeper"));
            Set<String> got = new TreeSet<>();
            Scenarios.await(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(r -> got.add(r.partition() + "-" + r.offset()));
                return got.size() == 3;
            }, "records never came");
            consumer.commitSync(Map.of(new TopicPartition("k848-keeper", 0), new OffsetAndMetadata(2, "kept")));
        }
    }

    /** After a restart: the commit is there, and a member that comes anew goes on from it. */
    static void kept() throws Exception {
        try (Admin admin = Scenarios.admin0();
                KafkaConsumer<byte[], byte[]> consumer = newConsumer("k848-keepers")) {
            Scenarios.expect("type", typeOf(admin, "k848-keepers"), GroupType.CONSUMER);
            TopicPartition partition = new TopicPartition("k848-keeper", 0);
            Scenarios.expect("metadata", admin.listConsumerGroupOffsets("k848-keepers").partitionsToOffsetAndMetadata()
                .get().get(partition).metadata(), "kept");
            consumer.subscribe(List.of("k848-keeper"));
            Set<Long> got = new TreeSet<>();
            Scenarios.await(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(r -> got.add(r.offset()));
                return !got.isEmpty();
            }, "nothing came");
            Scenarios.expect("offsets", got, Set.of(2L));
        }
    }
}
