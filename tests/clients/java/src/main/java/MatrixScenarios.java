// SPDX-License-Identifier: GPL-3.0-or-later
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What run_matrix.py asks of every client, with the Java client. */
class MatrixScenarios {
    private static final BufferedReader ANSWERS = new BufferedReader(new InputStreamReader(System.in));

    public static void main(String[] args) {
        Scenarios.bootstrap = args[0];
        Map<String, Scenarios.Scenario> all = new LinkedHashMap<>();
        all.put("idempotence", MatrixScenarios::idempotence);
        all.put("transactions", MatrixScenarios::transactions);
        all.put("fencing", MatrixScenarios::fencing);
        all.put("static", MatrixScenarios::staticMembers);
        all.put("cooperative", () -> Scenarios.group("org.apache.kafka.clients.consumer.CooperativeStickyAssignor"));
        all.put("kip848", () -> GroupScenarios.churn("uniform"));
        all.put("share", ShareScenarios::queue);
        all.put("admin-topics", MatrixScenarios::adminTopics);
        all.put("admin-configs", MatrixScenarios::adminConfigs);
        all.put("admin-groups", MatrixScenarios::adminGroups);
        all.put("admin-offsets", MatrixScenarios::adminOffsets);
        all.put("admin-acls", MatrixScenarios::adminAcls);
        all.put("admin-scram", MatrixScenarios::adminScram);
        all.put("admin-quotas", MatrixScenarios::adminQuotas);
        all.put("admin-transactions", MatrixScenarios::adminTransactions);
        all.put("admin-log-dirs", MatrixScenarios::adminLogDirs);
        all.put("sasl", MatrixScenarios::sasl);
        all.put("tls", MatrixScenarios::tls);
        all.put("restart", MatrixScenarios::restart);
        Scenarios.runAll(all);
    }

    static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }

    static void send(KafkaProducer<byte[], byte[]> producer, String topic, String value) throws Exception {
        producer.send(new ProducerRecord<>(topic, 0, null, Scenarios.bytes(value))).get(60, TimeUnit.SECONDS);
    }

    static void refused(String what, Scenarios.Scenario work) {
        try {
            work.run();
        } catch (Throwable error) {
            return;
        }
        throw new AssertionError(what + " was not refused");
    }

    static void idempotence() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("java-idem"), 1);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String value : numbered(3000)) {
            records.add(new ProducerRecord<>(topic, 0, null, Scenarios.bytes(value)));
        }
        Scenarios.produce(records, "batch.size", 200, "enable.idempotence", true);
        Scenarios.expect("records", TransactionScenarios.read(topic, "read_committed"), numbered(3000));
    }

    static void transactions() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("java-txn"), 1);
        String group = Scenarios.named("java-txn-group");
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaProducer<byte[], byte[]> producer = TransactionScenarios.producer(Scenarios.named("java"))) {
            producer.initTransactions();
            for (String value : List.of("a", "b", "c")) {
                boolean commits = !value.equals("b");
                producer.beginTransaction();
                send(producer, topic, value);
                producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(commits ? 7 : 9)),
                    new ConsumerGroupMetadata(group));
                if (commits) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
        Scenarios.expect("committed", TransactionScenarios.read(topic, "read_committed"), List.of("a", "c"));
        try (Admin admin = Scenarios.admin0()) {
            Scenarios.expect("position", admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get()
                .get(partition).offset(), 7L);
        }
    }

    static void fencing() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("java-fence"), 1);
        String id = Scenarios.named("java-fence");
        try (KafkaProducer<byte[], byte[]> old = TransactionScenarios.producer(id);
                KafkaProducer<byte[], byte[]> young = TransactionScenarios.producer(id)) {
            old.initTransactions();
            old.beginTransaction();
            send(old, topic, "of the old one");
            young.initTransactions();
            refused("the older producer", old::commitTransaction);
            young.beginTransaction();
            send(young, topic, "of the new one");
            young.commitTransaction();
        }
        Scenarios.expect("committed", TransactionScenarios.read(topic, "read_committed"), List.of("of the new one"));
    }

    static GroupScenarios.Member member(String group, String topic, Object... pairs) {
        Object[] all = new Object[pairs.length + 2];
        System.arraycopy(pairs, 0, all, 0, pairs.length);
        all[pairs.length] = "group.protocol";
        all[pairs.length + 1] = "classic";
        return new GroupScenarios.Member(group, ConcurrentHashMap.newKeySet(), c -> c.subscribe(List.of(topic)), all);
    }

    static void staticMembers() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("java-static"), 4);
        String group = Scenarios.named("java-static-group");
        GroupScenarios.Member first = member(group, topic, "group.instance.id", "one");
        GroupScenarios.Member second = member(group, topic, "group.instance.id", "two");
        Scenarios.await(() -> GroupScenarios.covered(4, first, second), "never settled");
        Set<TopicPartition> kept = second.owned;
        GroupScenarios.leave(second);
        GroupScenarios.Member back = member(group, topic, "group.instance.id", "two");
        Scenarios.await(() -> GroupScenarios.covered(4, first, back), "never settled again");
        Scenarios.expect("the same partitions", back.owned, kept);
        GroupScenarios.leave(first, back);
    }

    static void adminTopics() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("java-topics"), 2);
        refused("a topic of the same name", () -> Scenarios.topic(topic, 2));
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Admin admin = Scenarios.admin0()) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all().get();
            Scenarios.expect("grown", admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions()
                .size(), 5);
            List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
            numbered(10).forEach(v -> records.add(new ProducerRecord<>(topic, 0, null, Scenarios.bytes(v))));
            Scenarios.produce(records);
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4))).all().get();
            Scenarios.expect("earliest", admin.listOffsets(Map.of(partition, OffsetSpec.earliest())).all().get()
                .get(partition).offset(), 4L);
            admin.deleteTopics(List.of(topic)).all().get();
            Scenarios.expect("gone", admin.listTopics().names().get().contains(topic), false);
        }
    }

    static void adminConfigs() throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC,
            Scenarios.topic(Scenarios.named("java-configs"), 1));
        try (Admin admin = Scenarios.admin0()) {
            admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(
                new ConfigEntry("retention.ms", "123456"), AlterConfigOp.OpType.SET)))).all().get();
            Config config = admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true))
                .all().get().get(resource);
            ConfigEntry entry = config.get("retention.ms");
            Scenarios.expect("value", entry.value() + " " + entry.source(), "123456 DYNAMIC_TOPIC_CONFIG");
            ConfigEntry.ConfigSynonym synonym = entry.synonyms().get(0);
            Scenarios.expect("synonym", synonym.name() + "=" + synonym.value() + " " + synonym.source(),
                "retention.ms=123456 DYNAMIC_TOPIC_CONFIG");
            Scenarios.expect("default", config.get("segment.bytes").source(), ConfigEntry.ConfigSource.DEFAULT_CONFIG);
            String[][] steps = {{"SET", "compact", "compact"}, {"APPEND", "delete", "compact,delete"},
                {"SUBTRACT", "compact", "delete"}, {"DELETE", "", "delete"}};
            for (String[] step : steps) {
                admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(
                    new ConfigEntry("cleanup.policy", step[1]), AlterConfigOp.OpType.valueOf(step[0]))))).all().get();
                Scenarios.expect(step[0], admin.describeConfigs(List.of(resource)).all().get().get(resource)
                    .get("cleanup.policy").value(), step[2]);
            }
            refused("an unknown setting", () -> admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(
                new ConfigEntry("no.such.key", "1"), AlterConfigOp.OpType.SET)))).all().get());
        }
    }

    static void adminGroups() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("java-groups"), 2);
        String group = Scenarios.named("java-groups-group");
        GroupScenarios.Member member = member(group, topic, "client.id", "mine");
        Scenarios.await(() -> GroupScenarios.covered(2, member), "never settled");
        try (Admin admin = Scenarios.admin0()) {
            ConsumerGroupDescription described =
                admin.describeConsumerGroups(List.of(group)).all().get().get(group);
            Scenarios.expect("state", described.groupState(), GroupState.STABLE);
            Scenarios.expect("members", described.members().stream().map(m -> m.clientId()).toList(), List.of("mine"));
            refused("deleting a group with members", () -> admin.deleteConsumerGroups(List.of(group)).all().get());
            GroupScenarios.leave(member);
            Scenarios.expect("state", admin.describeConsumerGroups(List.of(group)).all().get().get(group).groupState(),
                GroupState.EMPTY);
            Scenarios.expect("listed", groups(admin).contains(group), true);
            admin.deleteConsumerGroups(List.of(group)).all().get();
            Scenarios.expect("gone", groups(admin).contains(group), false);
        }
    }

    static Set<String> groups(Admin admin) throws Exception {
        Collection<GroupListing> all = admin.listGroups().all().get();
        return all.stream().map(GroupListing::groupId).collect(Collectors.toSet());
    }

    static void adminOffsets() throws Exception {
        TopicPartition partition = new TopicPartition(Scenarios.topic(Scenarios.named("java-offsets"), 1), 0);
        String group = Scenarios.named("java-offsets-group");
        try (Admin admin = Scenarios.admin0()) {
            OffsetAndMetadata wanted = new OffsetAndMetadata(5, "a note");
            admin.alterConsumerGroupOffsets(group, Map.of(partition, wanted)).all().get();
            Scenarios.expect("offset", admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get(),
                Map.of(partition, wanted));
            admin.deleteConsumerGroupOffsets(group, Set.of(partition)).all().get();
            Scenarios.expect("left", admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get()
                .get(partition), null);
        }
    }

    static void adminAcls() throws Exception {
        String topic = Scenarios.named("java-acl");
        Set<AclBinding> rules = Set.of(
            new AclBinding(new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:zoe", "*", AclOperation.READ, AclPermissionType.ALLOW)),
            new AclBinding(new ResourcePattern(ResourceType.TOPIC, topic, PatternType.PREFIXED),
                new AccessControlEntry("User:zoe", "*", AclOperation.WRITE, AclPermissionType.DENY)));
        AclBindingFilter every = new AclBindingFilter(
            new ResourcePatternFilter(ResourceType.TOPIC, topic, PatternType.ANY), AccessControlEntryFilter.ANY);
        try (Admin admin = Scenarios.admin0()) {
            admin.createAcls(rules).all().get();
            Scenarios.expect("described", Set.copyOf(admin.describeAcls(every).values().get()), rules);
            Scenarios.expect("deleted", Set.copyOf(admin.deleteAcls(List.of(every)).all().get()), rules);
            Scenarios.expect("left", admin.describeAcls(every).values().get().size(), 0);
        }
    }

    static void adminScram() throws Exception {
        String user = Scenarios.named("java");
        try (Admin admin = Scenarios.admin0()) {
            ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192);
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user, info, "secret"))).all().get();
            Scenarios.expect("described", admin.describeUserScramCredentials(List.of(user)).all().get().get(user)
                .credentialInfos(), List.of(info));
            admin.alterUserScramCredentials(List.of(new UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512)))
                .all().get();
            refused("describing nobody", () -> admin.describeUserScramCredentials(List.of(user)).description(user).get());
        }
    }

    static void adminQuotas() throws Exception {
        ClientQuotaEntity entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, Scenarios.named("java")));
        ClientQuotaFilter filter = ClientQuotaFilter.containsOnly(List.of(
            ClientQuotaFilterComponent.ofEntity(ClientQuotaEntity.CLIENT_ID, Scenarios.named("java"))));
        try (Admin admin = Scenarios.admin0()) {
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity,
                List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 123456.0))))).all().get();
            Scenarios.expect("quota", admin.describeClientQuotas(filter).entities().get(),
                Map.of(entity, Map.of("producer_byte_rate", 123456.0)));
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity,
                List.of(new ClientQuotaAlteration.Op("producer_byte_rate", null))))).all().get();
            Scenarios.expect("left", admin.describeClientQuotas(filter).entities().get(), Map.of());
        }
    }

    static void adminTransactions() throws Exception {
        TopicPartition partition = new TopicPartition(Scenarios.topic(Scenarios.named("java-open"), 1), 0);
        String id = Scenarios.named("java-open");
        try (KafkaProducer<byte[], byte[]> producer = TransactionScenarios.producer(id);
                Admin admin = Scenarios.admin0()) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, partition.topic(), "open");
            Scenarios.expect("listed", admin.listTransactions(new ListTransactionsOptions().filterStates(
                Set.of(TransactionState.ONGOING))).all().get().stream().anyMatch(t -> t.transactionalId().equals(id)), true);
            long producerId = admin.describeTransactions(List.of(id)).description(id).get().producerId();
            ProducerState state = admin.describeProducers(List.of(partition)).partitionResult(partition).get()
                .activeProducers().get(0);
            Scenarios.expect("producer", state.producerId(), producerId);
            admin.abortTransaction(new AbortTransactionSpec(partition, state.producerId(), (short) state.producerEpoch(),
                Math.max(state.coordinatorEpoch().orElse(0), 0))).all().get();
            Scenarios.expect("aborted", TransactionScenarios.read(partition.topic(), "read_committed"), List.of());
            admin.fenceProducers(List.of(id)).all().get();
            refused("a fenced producer", producer::commitTransaction);
        }
    }

    static void adminLogDirs() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("java-dirs"), 1);
        Scenarios.produce(List.of(new ProducerRecord<>(topic, 0, null, new byte[1000])));
        try (Admin admin = Scenarios.admin0()) {
            int broker = admin.describeCluster().nodes().get().iterator().next().id();
            long size = admin.describeLogDirs(List.of(broker)).allDescriptions().get().get(broker).values().stream()
                .map(d -> d.replicaInfos().get(new TopicPartition(topic, 0))).filter(r -> r != null)
                .mapToLong(r -> r.size()).sum();
            Scenarios.expect("at least a record", size >= 1000, true);
        }
    }

    static void greet(String what, Map<String, Object> login) throws Exception {
        String topic = Scenarios.named(what);
        Map<String, Object> config = new HashMap<>(login);
        config.put("default.api.timeout.ms", 20000);
        try (Admin admin = Admin.create(config)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(login, new ByteArraySerializer(), new ByteArraySerializer())) {
            send(producer, topic, "hello");
        }
        // The plain door shows what came in by the other.
        Scenarios.expect("read", TransactionScenarios.read(topic, "read_committed"), List.of("hello"));
    }

    static Map<String, Object> secure(String variable, String protocol) {
        return new HashMap<>(Map.of("bootstrap.servers", System.getenv(variable), "security.protocol", protocol,
            "ssl.truststore.type", "PEM", "ssl.truststore.location", System.getenv("WEIR_CA"), "request.timeout.ms", 5000,
            "ssl.endpoint.identification.algorithm", ""));
    }

    static void sasl() throws Exception {
        for (String mechanism : List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")) {
            boolean isPlain = mechanism.equals("PLAIN");
            for (boolean isRight : new boolean[] {true, false}) {
                String password = !isRight ? "wrong" : System.getenv(isPlain ? "WEIR_PASSWORD" : "WEIR_SCRAM_PASSWORD");
                Map<String, Object> login = secure("WEIR_SASL_SSL", "SASL_SSL");
                login.put("sasl.mechanism", mechanism);
                login.put("sasl.jaas.config", "org.apache.kafka.common.security."
                    + (isPlain ? "plain.PlainLoginModule" : "scram.ScramLoginModule") + " required username=\""
                    + System.getenv("WEIR_USER") + "\" password=\"" + password + "\";");
                if (isRight) {
                    greet("java-" + mechanism, login);
                } else {
                    refused("a wrong password", () -> greet("java-wrong-" + mechanism, login));
                }
            }
        }
    }

    static void tls() throws Exception {
        refused("a client without a certificate", () -> greet("java-tls-without", secure("WEIR_SSL", "SSL")));
        Map<String, Object> login = secure("WEIR_SSL", "SSL");
        login.put("ssl.keystore.type", "PEM");
        login.put("ssl.keystore.location", System.getenv("WEIR_CERT_AND_KEY"));
        greet("java-tls", login);
    }

    static void restart() throws Exception {
        String topic = Scenarios.topic(Scenarios.named("java-restart"), 1);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        GroupScenarios.Member member = new GroupScenarios.Member(topic + "-group", seen,
            c -> c.subscribe(List.of(topic)), "group.protocol", "classic");
        Scenarios.await(() -> GroupScenarios.covered(1, member), "never settled");
        int total = 2000;
        AtomicInteger acknowledged = new AtomicInteger();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Scenarios.config("batch.size", 100),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < total; i++) {
                if (i == total / 2) {
                    Scenarios.await(() -> acknowledged.get() > 20, "nothing was acknowledged");
                    System.out.println("RESTART");
                    Scenarios.expect("restarted", ANSWERS.readLine(), "restarted");
                }
                sent.add(producer.send(new ProducerRecord<>(topic, 0, null, Scenarios.bytes(String.valueOf(i))),
                    (metadata, error) -> acknowledged.incrementAndGet()));
            }
            for (Future<RecordMetadata> future : sent) {
                future.get(60, TimeUnit.SECONDS);
            }
        }
        Scenarios.expect("log", TransactionScenarios.read(topic, "read_committed"), numbered(total));
        Scenarios.await(() -> seen.size() == total, "the group did not get on");
        GroupScenarios.leave(member);
    }
}
