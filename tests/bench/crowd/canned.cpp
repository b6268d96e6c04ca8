// SPDX-License-Identifier: GPL-3.0-or-later
// The ceiling of consuming: a server that does nothing but send batches that lie ready, as many as fit into an answer.
// Only the offsets are stamped in, which stand outside the batch's checksum.
#include <arpa/inet.h>
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
#include "broker/records/batch_builder.h"
#include "broker/records/batch_header.h"
#include "tests/bench/crowd/crowd.h"
#include "tests/bench/crowd/works.h"

namespace weir::bench {

using namespace protocol;

namespace {

constexpr std::size_t kBatchTarget = 1'000'000;

struct Can {
    Bytes batch;
    std::int64_t recordsEach;
    std::int64_t end;
    std::uint16_t port;
};

Can makeCan(std::size_t size, std::int64_t count) {
    records::BatchBuilder builder;
    builder.start({});
    const Bytes value(size, std::byte{'x'});
    std::int64_t records = 0;
    while (records < 10'000 && builder.plainSize() + size + 32 < kBatchTarget) {
        if (!builder.append({.timestamp = Timestamp(1'700'000'000'000), .value = ByteView(value)})) {
            fail("the record is too large");
        }
        ++records;
    }
    records::Codec codec;
    return {toBytes(builder.finish(codec)), records, (count / records + 1) * records, 0};
}

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
        response.topics[0].partitions.push_back(
            {.leaderId = BrokerId(1), .replicaNodes = {BrokerId(1)}, .isrNodes = {BrokerId(1)}});
        write(response, header);
    }
    void answerOffsets(const RequestHeader& header, ByteView body) {
        const auto request = decode<ListOffsetsRequest>(body, header.apiVersion);
        ListOffsetsResponse response;
        response.topics.push_back({.name = "bench"});
        const bool earliest = request->topics.at(0).partitions.at(0).timestamp.value == -2;
        response.topics[0].partitions.push_back(
            {.partitionIndex = PartitionId(0), .offset = Offset(earliest ? 0 : m_can.end)});
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
        const std::int64_t from = request->topics[0].partitions.at(0).fetchOffset.value;
        response.responses[0].partitions.push_back({.partitionIndex = PartitionId(0),
                                                    .highWatermark = Offset(m_can.end),
                                                    .lastStableOffset = Offset(m_can.end),
                                                    .logStartOffset = Offset(0),
                                                    .records = RecordsView(ByteView{})});
        if (from < m_can.end) {
            response.responses[0].partitions[0].records =
                RecordsView(batchesAt(from, request->topics[0].partitions[0].partitionMaxBytes));
        }
        write(response, header);
    }

    /// As many whole batches as the client takes, at least one.
    ByteView batchesAt(std::int64_t from, std::int32_t maxBytes) {
        const std::size_t each = m_can.batch.size();
        const std::size_t fit = std::max<std::size_t>(1, static_cast<std::size_t>(maxBytes) / each);
        std::int64_t base = from / m_can.recordsEach * m_can.recordsEach;
        std::size_t filled = 0;
        for (; filled < fit && base < m_can.end; ++filled, base += m_can.recordsEach) {
            if (m_answer.size() < (filled + 1) * each) {
                m_answer.insert(m_answer.end(), m_can.batch.begin(), m_can.batch.end());
            }
            records::stampBaseOffset(MutableByteView(m_answer).subspan(filled * each, each), Offset(base));
        }
        return ByteView(m_answer).first(filled * each);
    }

    int m_socket;
    const Can& m_can;
    Bytes m_answer;
};

}  // namespace

int canned(const Options& options) {
    Can can = makeCan(static_cast<std::size_t>(options.number("size", 100)), options.number("records", 2'000'000));
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), length) != 0 || ::listen(listener, 16) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
        fail("cannot listen");
    }
    can.port = ntohs(address.sin_port);
    std::printf("{\"port\":%d}\n", can.port);
    std::fflush(stdout);
    for (;;) {
        const int socket = ::accept(listener, nullptr, nullptr);
        if (socket < 0) {
            return 1;
        }
        const int one = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        std::thread([socket, &can] { Session(socket, can).serve(); }).detach();
    }
}

}  // namespace weir::bench
