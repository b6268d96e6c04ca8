// SPDX-License-Identifier: GPL-3.0-or-later
package weir;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.record.MemoryRecords;

/**
 * A wire that says something random wherever a message class reads. Lengths and integers look the same from here, so
 * that integers are small; ProtocolVectors replaces them afterwards. Values come from small pools, which keeps the
 * stored vectors small once they are compressed.
 */
final class RandomWire implements Readable {
    private static final String[] WORDS = {"", "a", "weir", "größe", "topic-1", "日本"};
    private final Random random;

    RandomWire(Random random) {
        this.random = random;
    }

    static long number(Random random) {
        long[] pool = {0, 1, 7, -1, -2, 300, 0x0102030405060708L, 0x7fffffffffffffffL, 0x8000000000000000L,
                       0x00fedcba98765432L};
        return pool[random.nextInt(pool.length)];
    }

    /** Rarely null or empty, mostly one to three. */
    private int length(int nullLength) {
        int roll = random.nextInt(16);
        return roll == 0 ? nullLength : roll < 3 ? nullLength + 1 : nullLength + 2 + random.nextInt(3);
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(5)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (0xa0 + i);
        }
        return bytes;
    }

    @Override public byte readByte() {
        return (byte) (random.nextInt(4) == 0 ? -1 : 1);
    }

    @Override public short readShort() {
        return (short) length(-1);
    }

    @Override public int readInt() {
        return length(-1);
    }

    @Override public long readLong() {
        return number(random);
    }

    @Override public double readDouble() {
        return random.nextInt(1000) / 8.0;
    }

    @Override public byte[] readArray(int length) {
        return bytes();
    }

    @Override public int readUnsignedVarint() {
        return random.nextInt(3) == 0 ? 0 : length(0);
    }

    @Override public ByteBuffer readByteBuffer(int length) {
        return ByteBuffer.wrap(bytes());
    }

    @Override public int readVarint() {
        return length(0);
    }

    @Override public long readVarlong() {
        return length(0);
    }

    @Override public int remaining() {
        return Integer.MAX_VALUE;
    }

    @Override public Readable slice() {
        return this;
    }

    @Override public String readString(int length) {
        return WORDS[random.nextInt(WORDS.length)];
    }

    @Override public List<RawTaggedField> readUnknownTaggedField(List<RawTaggedField> fields, int tag, int size) {
        List<RawTaggedField> all = fields == null ? new ArrayList<>() : fields;
        // Out of the way of every tag that Kafka knows, and ascending.
        all.add(new RawTaggedField(1000 * (all.size() + 1), "later".getBytes(StandardCharsets.UTF_8)));
        return all;
    }

    @Override public Uuid readUuid() {
        long[] pool = {0, 1, 0x1122334455667788L};
        return new Uuid(pool[random.nextInt(3)], pool[random.nextInt(3)]);
    }

    @Override public MemoryRecords readRecords(int length) {
        return MemoryRecords.readableRecords(ByteBuffer.wrap(bytes()));
    }
}
