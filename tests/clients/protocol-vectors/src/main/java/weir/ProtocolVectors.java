// SPDX-License-Identifier: GPL-3.0-or-later
package weir;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * Writes messages as Kafka's own classes write them: the judge of whether Weir's codec is right to the byte.
 * The first argument is the file to write. It is zlib behind four bytes of raw length; in it, one vector after another:
 *
 *   kind int8 (0 request, 1 response, 2 error name), key int16 (or error code), version int16,
 *   header version int16, length int32, bytes
 */
public final class ProtocolVectors {
    private static final int PER_VERSION = 8;
    /** Internal to a cluster of brokers: voters of the metadata quorum and the state of share groups. */
    private static final Set<Short> UNDESCRIBED =
        Set.of((short) 80, (short) 81, (short) 83, (short) 84, (short) 85, (short) 86, (short) 87);

    private final ByteArrayOutputStream raw = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(raw);
    private final Random random = new Random(20421);

    public static void main(String[] args) throws Exception {
        ProtocolVectors vectors = new ProtocolVectors();
        for (ApiMessageType type : ApiMessageType.values()) {
            if (type.listeners().contains(ApiMessageType.ListenerType.BROKER) && !UNDESCRIBED.contains(type.apiKey())) {
                vectors.writeApi(type);
            }
        }
        for (Errors error : Errors.values()) {
            byte[] name = error.name().getBytes(StandardCharsets.UTF_8);
            vectors.write(2, error.code(), (short) 0, (short) 0, name);
        }
        vectors.save(Path.of(args[0]));
    }

    private void writeApi(ApiMessageType type) throws Exception {
        short last = type.highestSupportedVersion(true);
        for (short version = type.lowestSupportedVersion(); version <= last; version++) {
            for (int i = 0; i < PER_VERSION; i++) {
                write(0, type.apiKey(), version, type.requestHeaderVersion(version),
                      randomMessage(type.newRequest(), version));
                write(1, type.apiKey(), version, type.responseHeaderVersion(version),
                      randomMessage(type.newResponse(), version));
            }
        }
    }

    private void write(int kind, short key, short version, short headerVersion, byte[] bytes) throws IOException {
        out.writeByte(kind);
        out.writeShort(key);
        out.writeShort(version);
        out.writeShort(headerVersion);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private void save(Path file) throws IOException {
        out.flush();
        try (OutputStream stream = Files.newOutputStream(file)) {
            stream.write(ByteBuffer.allocate(4).putInt(raw.size()).array());
            try (DeflaterOutputStream zlib = new DeflaterOutputStream(stream, new Deflater(9))) {
                raw.writeTo(zlib);
            }
        }
        System.out.println(raw.size() + " bytes of vectors");
    }

    /** Whatever the message class refuses (null in the wrong place, a tag twice) is thrown away and tried again. */
    private byte[] randomMessage(ApiMessage prototype, short version) throws Exception {
        for (int attempt = 0; attempt < 100_000; attempt++) {
            ApiMessage message = (ApiMessage) prototype.getClass().getConstructor().newInstance();
            byte[] bytes;
            try {
                message.read(new RandomWire(random), version);
                vary(message);
                bytes = encode(message, version);
            } catch (RuntimeException refused) {
                continue;
            }
            if (bytes.length > 700) {
                continue;
            }
            ApiMessage back = (ApiMessage) prototype.getClass().getConstructor().newInstance();
            back.read(new ByteBufferAccessor(ByteBuffer.wrap(bytes)), version);
            if (!Arrays.equals(encode(back, version), bytes)) {
                throw new IllegalStateException(prototype.getClass() + " does not round trip in Kafka itself");
            }
            return bytes;
        }
        throw new IllegalStateException("no message for " + prototype.getClass() + " v" + version);
    }

    private static byte[] encode(Message message, short version) {
        ByteBuffer buffer = MessageUtil.toByteBufferAccessor(message, version).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /**
     * Gives integers their full range. Only those that reading changed: one still at its default may not exist in
     * this version.
     */
    private void vary(Object message) throws ReflectiveOperationException {
        Object defaults = message.getClass().getConstructor().newInstance();
        for (Field field : message.getClass().getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            field.setAccessible(true);
            Object value = field.get(message);
            if (value instanceof Message) {
                vary(value);
            } else if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Number) {
                field.set(message, varied(list));
            } else if (value instanceof Collection<?> elements) {
                for (Object element : elements) {
                    if (element instanceof Message) {
                        vary(element);
                    }
                }
            } else if (value instanceof Number number && !value.equals(field.get(defaults)) &&
                       !field.getName().equals("next") && !field.getName().equals("prev")) {
                field.set(message, field.getName().equals("port") ? Integer.valueOf(9092) : varied(number));
            }
        }
    }

    private List<Object> varied(List<?> list) {
        List<Object> all = new ArrayList<>();
        for (Object element : list) {
            all.add(varied((Number) element));
        }
        return all;
    }

    private Object varied(Number number) {
        long value = RandomWire.number(random);
        if (number instanceof Byte) {
            return (byte) value;
        } else if (number instanceof Short) {
            return (short) value;
        } else if (number instanceof Integer) {
            return (int) value;
        }
        return number;
    }
}
