// SPDX-License-Identifier: GPL-3.0-or-later
// The ceiling of consuming: a server that does nothing but send batches that lie ready, as many as fit into an answer.
// Only the offsets are stamped in, which stand outside the batch's checksum.
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/fetch.h"
#include "broker/protocol/messages/list_offsets.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/records/batch_header.h"
#include "tests/bench/crowd/crowd.h"
#include "tests/bench/crowd/works.h"
#include "tests/support/loopback.h"

namespace weir::bench {

using namespace protocol;

namespace {

constexpr std::size_t kBatchTarget = 1'000'000;

struct Can {
    ReadyBatch batch;
    std::int32_t partitions;
    /// Of each partition.
    std::int64_t end;
    std::uint16_t port;
};

/// Serves one connection until it ends.
class Session {
public:
    Session(int socket, const Can& can) : m_socket(socket), m_can(can) {}
    ~Session() { ::close(m_socket); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void serve() {
        Bytes frame;
        for (std::array<std::byte, 4> length{}; read(length);) {
            frame.resize(loadBigEndian<std::uint32_t>(length.data()));
            if (!read(frame)) {
                return;
            }
            answer(frame);
        }
    }

private:
    bool read(MutableByteView into) {
        for (std::size_t done = 0; done < into.size();) {
            const auto n = ::recv(m_socket, into.data() + done, into.size() - done, 0);
            if (n <= 0) {
                return false;
            }
            done += static_cast<std::size_t>(n);
        }
        return true;
    }
    void write(ByteView bytes) {
        while (!bytes.empty()) {
            const auto n = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) {
                return;
            }
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        }
    }
    template <class Response>
    void write(const Response& response, const RequestHeader& header) {
        const auto frame = encodeResponseFrame(response, header.apiVersion, header.correlationId);
        for (const ByteView piece : frame->pieces()) {
            write(piece);
        }
    }
    void answer(ByteView frame) {
        const auto request = decodeRequestHeader(frame);
        if (!request) {
            fail(request.error().message);
        }
        const RequestHeader& header = request->header;
        switch (header.apiKey) {
            case ApiKey::kApiVersions:
                return answerVersions(header);
            case ApiKey::kMetadata:
                return answerMetadata(header);
            case ApiKey::kListOffsets:
                return answerOffsets(header, request->body);
            case ApiKey::kFetch:
                return answerFetch(header, request->body);
            default:
                fail("the canned server was asked for something else");
        }
    }
    void answerVersions(const RequestHeader& header) {
        ApiVersionsResponse response;
        const auto add = [&](ApiKey key, std::int16_t first, std::int16_t last) {
            response.apiKeys.push_back({static_cast<std::int16_t>(key), first, last});
        };
        add(ApiKey::kProduce, 3, 9);
        add(ApiKey::kFetch, 4, 11);
        add(ApiKey::kListOffsets, 1, 6);
        add(ApiKey::kMetadata, 0, 9);
        add(ApiKey::kApiVersions, 0, 3);
        write(response, header);
    }
    void answerMetadata(const RequestHeader& header) {
        MetadataResponse response;
        response.brokers.push_back({.nodeId = BrokerId(1), .host = "127.0.0.1", .port = m_can.port});
        response.clusterId = "canned";
        response.controllerId = BrokerId(1);
        response.topics.push_back({.name = "bench"});
        for (std::int32_t i = 0; i < m_can.partitions; ++i) {
            response.topics[0].partitions.push_back({.partitionIndex = PartitionId(i),
                                                     .leaderId = BrokerId(1),
                                                     .replicaNodes = {BrokerId(1)},
                                                     .isrNodes = {BrokerId(1)}});
        }
        write(response, header);
    }
    void answerOffsets(const RequestHeader& header, ByteView body) {
        const auto request = decode<ListOffsetsRequest>(body, header.apiVersion);
        ListOffsetsResponse response;
        response.topics.push_back({.name = "bench"});
        for (const auto& asked : request->topics.at(0).partitions) {
            response.topics[0].partitions.push_back({.partitionIndex = asked.partitionIndex,
                                                     .offset = Offset(asked.timestamp.value == -2 ? 0 : m_can.end)});
        }
        write(response, header);
    }
    void answerFetch(const RequestHeader& header, ByteView body) {
        const auto request = decode<FetchRequest>(body, header.apiVersion);
        FetchResponse response;
        response.responses.push_back({.topic = "bench"});
        if (request->topics.empty()) {
            response.responses.clear();
            return write(response, header);
        }
        std::int32_t left = request->maxBytes;
        m_answers.resize(static_cast<std::size_t>(m_can.partitions));
        for (const auto& asked : request->topics[0].partitions) {
            response.responses[0].partitions.push_back({.partitionIndex = asked.partition,
                                                        .highWatermark = Offset(m_can.end),
                                                        .lastStableOffset = Offset(m_can.end),
                                                        .logStartOffset = Offset(0),
                                                        .records = RecordsView(ByteView{})});
            if (asked.fetchOffset.value < m_can.end && left > 0) {
                const ByteView records = batchesAt(asked.fetchOffset.value, std::min(left, asked.partitionMaxBytes),
                                                   m_answers.at(static_cast<std::size_t>(asked.partition.value)));
                left -= static_cast<std::int32_t>(records.size());
                response.responses[0].partitions.back().records = RecordsView(records);
            }
        }
        write(response, header);
    }

    /// As many whole batches as the client takes, at least one.
    ByteView batchesAt(std::int64_t from, std::int32_t maxBytes, Bytes& answer) const {
        const std::size_t each = m_can.batch.bytes.size();
        const std::size_t fit = std::max<std::size_t>(1, static_cast<std::size_t>(maxBytes) / each);
        std::int64_t base = from / m_can.batch.records * m_can.batch.records;
        std::size_t filled = 0;
        for (; filled < fit && base < m_can.end; ++filled, base += m_can.batch.records) {
            if (answer.size() < (filled + 1) * each) {
                answer.insert(answer.end(), m_can.batch.bytes.begin(), m_can.batch.bytes.end());
            }
            records::stampBaseOffset(MutableByteView(answer).subspan(filled * each, each), Offset(base));
        }
        return ByteView(answer).first(filled * each);
    }

    int m_socket;
    const Can& m_can;
    /// Of each partition, stamped anew for each answer.
    std::vector<Bytes> m_answers;
};

}  // namespace

int canned(const Options& options) {
    Can can{makeBatch(options, kBatchTarget), static_cast<std::int32_t>(options.number("partitions", 1)), 0, 0};
    const std::int64_t each = options.number("records", 2'000'000) / can.partitions;
    can.end = (each / can.batch.records + 1) * can.batch.records;
    const test::BoundSocket bound = test::listenOnAnyPort(16);
    if (bound.socket < 0) {
        fail("cannot listen");
    }
    can.port = bound.port;
    std::printf("{\"port\":%d}\n", can.port);
    std::fflush(stdout);
    for (;;) {
        const int socket = ::accept(bound.socket, nullptr, nullptr);
        if (socket < 0) {
            return 1;
        }
        const int one = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        std::thread([socket, &can] { Session(socket, can).serve(); }).detach();
    }
}

}  // namespace weir::bench
