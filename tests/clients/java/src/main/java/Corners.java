// SPDX-License-Identifier: GPL-3.0-or-later
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Sends the requests of a file, one a line as "API version {the message as JSON}", and prints each answer as JSON. Ids
 * that every broker chooses for itself, times and sentences become a word, so that answers of two brokers compare.
 */
class Corners {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What may differ between two brokers that behave alike. */
    private static final Set<String> OWN = Set.of("topicId", "producerId", "clusterId", "host", "port", "logDir",
        "totalBytes", "usableBytes", "producerIdOfTopic", "leaderId", "brokerId", "nodeId", "controllerId",
        "memberId", "offsetLag", "leaderEpoch", "currentLeader", "coordinatorId", "rack", "maxTimestamp", "features",
        "size");
    /** Whether there is a sentence beside an error is each broker's own, too. */
    private static final Set<String> TEXTS = Set.of("errorMessage");

    public static void main(String[] args) throws Exception {
        String run = args.length > 2 ? args[2] : Long.toString(System.nanoTime() % 1_000_000);
        Wire wire = new Wire(args[0], "corners");
        for (String line : Files.readAllLines(Path.of(args[1]))) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split(" ", 3);
            String answer;
            try {
                answer = ask(wire, parts[0], Short.parseShort(parts[1]), parts[2].replace("RUN", run)).replace(run, "RUN");
            } catch (EOFException end) {
                answer = "closed";
                wire.close();
                wire = new Wire(args[0], "corners");
            }
            System.out.println(line + "\n  " + answer);
        }
        wire.close();
    }

    static String ask(Wire wire, String api, short version, String text) throws Exception {
        Class<?> reader = Class.forName("org.apache.kafka.common.message." + api + "RequestDataJsonConverter");
        JsonNode given = JSON.readTree(text);
        Object request = reader.getMethod("read", JsonNode.class, short.class).invoke(null, given, version);
        ApiKeys key = ApiKeys.forId(((ApiMessage) request).apiKey());
        ApiMessage response = wire.call(key, version, (ApiMessage) request);
        Class<?> writer = Class.forName("org.apache.kafka.common.message." + api + "ResponseDataJsonConverter");
        JsonNode answer = (JsonNode) writer.getMethod("write", response.getClass(), short.class)
            .invoke(null, response, version);
        return JSON.writeValueAsString(plain("", answer));
    }

    static Object plain(String name, JsonNode node) {
        if (OWN.contains(name) || TEXTS.contains(name)) {
            return "*";
        }
        if (node instanceof ObjectNode) {
            Map<String, Object> members = new TreeMap<>();
            node.fields().forEachRemaining(each -> members.put(each.getKey(), plain(each.getKey(), each.getValue())));
            return members;
        }
        if (node instanceof ArrayNode) {
            List<Object> all = new java.util.ArrayList<>();
            node.forEach(each -> all.add(plain(name, each)));
            // Kafka answers many a list in the order of a hash.
            all.sort(java.util.Comparator.comparing(String::valueOf));
            return all;
        }
        return node;
    }
}
