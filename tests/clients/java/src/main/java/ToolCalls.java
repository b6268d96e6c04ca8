// SPDX-License-Identifier: GPL-3.0-or-later
import java.io.*;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.streams.*;
import org.apache.kafka.streams.kstream.*;

/**
 * Apache Kafka's own command line tools, called one after another in one JVM as a table says: a name, a tool and its
 * arguments a line; steps that begin with @ make what the tools are to find (records, members, open transactions).
 * Prints "#### name", what the tool wrote and "#### exit code"; run_tools.py judges it.
 */
public class ToolCalls {
    static final List<String> PACKAGES = List.of("org.apache.kafka.tools.", "org.apache.kafka.tools.consumer.",
            "org.apache.kafka.tools.consumer.group.", "org.apache.kafka.tools.streams.",
            "org.apache.kafka.tools.reassign.", "kafka.admin.");
    /** Records of @records are a second apart from here on. */
    static final long FIRST_TIME = 1_700_000_000_000L;
    static final int PATIENCE_SECONDS = 40;

    /** What a tool's exit becomes: the JVM goes on. */
    static final class ToolExit extends Error {
        final int code;
        ToolExit(int code) {
            super("exit " + code, null, false, false);
            this.code = code;
        }
    }

    static final PrintStream OUT = System.out;
    static final Map<String, AutoCloseable> OPEN = new HashMap<>();
    static String bootstrap;
    static Path folder;
    static Admin admin;
    /** What the tool asks to be done at its end, which would be the JVM's. */
    static final List<Runnable> HOOKS = new CopyOnWriteArrayList<>();
    /** The first exit counts; what a tool writes on its way out of it is left out. */
    static final Set<Thread> OWN_HOOKS = new HashSet<>();
    static volatile String exitCode;
    static volatile int written;
    static ByteArrayOutputStream output;

    public static void main(String[] args) throws Exception {
        bootstrap = args[1];
        folder = Files.createTempDirectory("tool-calls");
        Exit.setExitProcedure((code, message) -> { throw ended(code); });
        Exit.setHaltProcedure((code, message) -> { throw ended(code); });
        Exit.setShutdownHookAdder((name, hook) -> HOOKS.add(hook));
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            if (line.isBlank() || line.startsWith("#")) continue;
            List<String> words = split(line.replace("$B", bootstrap).replace("$F", folder.toString()));
            if (line.startsWith("@")) {
                try {
                    step(words);
                } catch (Exception e) {
                    OUT.println("#### step " + line + "\n" + e + "\n#### exit step");
                }
            } else {
                call(words);
            }
        }
        for (AutoCloseable each : OPEN.values()) each.close();
        admin.close();
        OUT.flush();
        Runtime.getRuntime().halt(0);
    }

    /** Those that tools gave to the JVM itself; taken away from it. Needs --add-opens java.base/java.lang=ALL-UNNAMED. */
    @SuppressWarnings("unchecked")
    static List<Thread> runtimeHooks() {
        try {
            var field = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
            field.setAccessible(true);
            var hooks = (Map<Thread, Thread>) field.get(null);
            List<Thread> ofTools = hooks.keySet().stream().filter(each -> !OWN_HOOKS.contains(each)).toList();
            hooks.keySet().removeAll(ofTools);
            OWN_HOOKS.addAll(hooks.keySet());
            return ofTools;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static ToolExit ended(int code) {
        if (exitCode == null) {
            exitCode = String.valueOf(code);
            HOOKS.forEach(Runnable::run);
            HOOKS.clear();
            runtimeHooks().forEach(Thread::run);
            written = output.size();
        }
        return new ToolExit(code);
    }

    /** Words, with 'quotes'; what follows << is one word, with \n for line ends. */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        int input = line.indexOf(" << ");
        Matcher m = Pattern.compile("'([^']*)'|(\\S+)").matcher(input < 0 ? line : line.substring(0, input));
        while (m.find()) words.add(m.group(1) != null ? m.group(1) : m.group(2));
        if (input >= 0) {
            words.add("<<");
            words.add(line.substring(input + 4).replace("\\n", "\n").replace("\\t", "\t"));
        }
        return words;
    }

    static Class<?> tool(String name) throws ClassNotFoundException {
        for (String each : PACKAGES) {
            try {
                return Class.forName(each + name);
            } catch (ClassNotFoundException e) {
                // The next one.
            }
        }
        throw new ClassNotFoundException(name);
    }

    static void call(List<String> words) throws Exception {
        String name = words.get(0);
        List<String> rest = new ArrayList<>(words.subList(words.get(1).startsWith("{") ? 2 : 1, words.size()));
        String input = "";
        if (rest.contains("<<")) {
            input = rest.get(rest.size() - 1);
            rest = rest.subList(0, rest.size() - 2);
        }
        Class<?> tool = tool(rest.get(0));
        List<String> arguments = new ArrayList<>(rest.subList(1, rest.size()));
        if (!arguments.contains(bootstrap)) arguments.addAll(0, List.of("--bootstrap-server", bootstrap));
        output = new ByteArrayOutputStream();
        exitCode = null;
        HOOKS.clear();
        var stream = new PrintStream(output, true, StandardCharsets.UTF_8);
        System.setOut(stream);
        System.setErr(stream);
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        var thread = new Thread(() -> run(tool, arguments.toArray(new String[0])), "tool");
        thread.setDaemon(true);
        thread.start();
        thread.join(PATIENCE_SECONDS * 1000L);
        boolean isOver = !thread.isAlive();
        if (!isOver) thread.interrupt();
        System.setOut(OUT);
        System.setErr(OUT);
        String text = new String(output.toByteArray(), 0, isOver ? written : output.size(), StandardCharsets.UTF_8);
        OUT.println("#### " + name + "\n" + text + (text.endsWith("\n") ? "" : "\n") + "#### exit " + (isOver ? exitCode : "never"));
    }

    static void run(Class<?> tool, String[] arguments) {
        try {
            tool.getMethod("main", String[].class).invoke(null, (Object) arguments);
            ended(0);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof ToolExit) return;
            System.out.println(e.getCause());
            ended(1);
        } catch (ReflectiveOperationException e) {
            System.out.println(e);
            ended(-1);
        }
    }

    static void step(List<String> words) throws Exception {
        String label = words.get(1);
        switch (words.get(0)) {
            case "@file" -> Files.writeString(folder.resolve(label), words.get(words.size() - 1) + "\n");
            case "@records" -> records(label, Integer.parseInt(words.get(2)));
            case "@member" -> OPEN.put(label, member(label, words.get(2), words.get(3), words.get(4)));
            case "@share" -> OPEN.put(label, share(label, words.get(2), words.get(3)));
            case "@streams" -> OPEN.put(label, streams(label, words.get(2), words.get(3)));
            case "@transaction" -> OPEN.put(label, transaction(label, words.get(2)));
            case "@close" -> OPEN.remove(label).close();
            case "@hanging" -> hanging(label, words.get(2));
            default -> throw new IllegalArgumentException(words.get(0));
        }
    }

    static Map<String, Object> config(String... pairs) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        config.put("key.serializer", StringSerializer.class);
        config.put("value.serializer", StringSerializer.class);
        config.put("key.deserializer", StringDeserializer.class);
        config.put("value.deserializer", StringDeserializer.class);
        for (int i = 0; i < pairs.length; i += 2) config.put(pairs[i], pairs[i + 1]);
        return config;
    }

    static void records(String topic, int count) throws Exception {
        try (var producer = new KafkaProducer<String, String>(config("linger.ms", "50"))) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, 0, FIRST_TIME + 1000L * i, "k" + i, "v" + i));
            }
        }
    }

    /** Until `done` says so; a group needs some heartbeats to settle. */
    static void until(String what, Callable<Boolean> done) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end) {
            try {
                if (done.call()) return;
            } catch (ExecutionException e) {
                // Not there yet.
            }
            new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
        throw new TimeoutException(what);
    }

    static AutoCloseable polling(Runnable poll, AutoCloseable consumer) {
        var stopped = new AtomicBoolean();
        var thread = new Thread(() -> { while (!stopped.get()) poll.run(); });
        thread.setDaemon(true);
        thread.start();
        return () -> {
            stopped.set(true);
            thread.join();
            consumer.close();
        };
    }

    static AutoCloseable member(String label, String group, String topic, String protocol) throws Exception {
        var consumer = new KafkaConsumer<String, String>(config("group.id", group, "client.id", label, "group.protocol",
                protocol, "auto.offset.reset", "earliest", "enable.auto.commit", "false"));
        consumer.subscribe(List.of(topic));
        var assigned = new CountDownLatch(1);
        AutoCloseable member = polling(() -> {
            consumer.poll(Duration.ofMillis(100));
            if (!consumer.assignment().isEmpty()) assigned.countDown();
        }, consumer);
        if (!assigned.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) throw new TimeoutException(label);
        until(label, () -> admin.describeConsumerGroups(List.of(group)).all().get().get(group).groupState().toString().equals("Stable"));
        return member;
    }

    static AutoCloseable share(String label, String group, String topic) throws Exception {
        var consumer = new KafkaShareConsumer<String, String>(config("group.id", group, "client.id", label));
        consumer.subscribe(List.of(topic));
        AutoCloseable member = polling(() -> consumer.poll(Duration.ofMillis(100)), consumer);
        until(label, () -> admin.describeShareGroups(List.of(group)).all().get().get(group).members().stream()
                .anyMatch(each -> !each.assignment().topicPartitions().isEmpty()));
        return member;
    }

    static AutoCloseable streams(String app, String from, String to) throws Exception {
        var builder = new StreamsBuilder();
        builder.stream(from, Consumed.with(Serdes.String(), Serdes.String())).to(to);
        var properties = new Properties();
        properties.putAll(Map.of("bootstrap.servers", bootstrap, "application.id", app, "group.protocol", "streams",
                "client.id", app, "num.stream.threads", "1", "commit.interval.ms", "100", "default.key.serde",
                Serdes.String().getClass(), "default.value.serde", Serdes.String().getClass(), "state.dir",
                folder.resolve(app).toString(), "consumer.auto.offset.reset", "earliest"));
        var streams = new KafkaStreams(builder.build(), properties);
        streams.start();
        until(app, () -> admin.describeStreamsGroups(List.of(app)).all().get().get(app).groupState().toString().equals("Stable"));
        until(app, () -> admin.listConsumerGroupOffsets(app).partitionsToOffsetAndMetadata().get().values().stream()
                .anyMatch(each -> each.offset() == 10));
        return streams::close;
    }

    static AutoCloseable transaction(String id, String topic) throws Exception {
        var producer = new KafkaProducer<String, String>(config("transactional.id", id, "transaction.timeout.ms", "60000"));
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, 0, FIRST_TIME, "open", "open")).get();
        return () -> {
            producer.commitTransaction();
            producer.close();
            until(id, () -> admin.describeTransactions(List.of(id)).all().get().get(id).state() == TransactionState.COMPLETE_COMMIT);
        };
    }

    /** A producer that goes away in mid transaction. */
    static void hanging(String id, String topic) throws Exception {
        var producer = new KafkaProducer<String, String>(config("transactional.id", id, "transaction.timeout.ms", "60000"));
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, 0, FIRST_TIME, "left", "left")).get();
        producer.close(Duration.ZERO);
    }
}
