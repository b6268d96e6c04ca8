// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/support/two_brokers.h"

#include <QTcpSocket>

#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/list_offsets.h"
#include "broker/protocol/messages/metadata.h"

namespace weir::test {

namespace {

constexpr std::int16_t kMetadataVersion = 9;
constexpr std::int16_t kListOffsetsVersion = 6;

protocol::MetadataResponse::MetadataResponsePartition ledBy(std::int32_t broker, std::int32_t partition) {
    protocol::MetadataResponse::MetadataResponsePartition made;
    made.partitionIndex = PartitionId(partition);
    made.leaderId = BrokerId(broker);
    made.replicaNodes = made.isrNodes = {BrokerId(broker)};
    return made;
}

template <class Response>
Bytes framed(const Response& response, const protocol::RequestHeader& to) {
    return protocol::encodeResponseFrame(response, to.apiVersion, to.correlationId)->flat();
}

}  // namespace

TwoBrokers::TwoBrokers(std::uint16_t portOfTheOther, std::int32_t id) : m_other(portOfTheOther), m_id(id) {
    if (!m_server.listen(QHostAddress::LocalHost)) {
        qFatal("two_brokers cannot listen");
    }
    QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
        while (QTcpSocket* const client = m_server.nextPendingConnection()) {
            QObject::connect(client, &QTcpSocket::readyRead, client, [this, client] { serve(*client); });
        }
    });
}

void TwoBrokers::serve(QTcpSocket& client) {
    constexpr qint64 kLength = 4;
    while (client.bytesAvailable() >= kLength) {
        const QByteArray length = client.peek(kLength);
        const auto size = loadBigEndian<std::int32_t>(reinterpret_cast<const std::byte*>(length.constData()));
        if (client.bytesAvailable() < kLength + size) {
            return;
        }
        client.read(kLength);
        const QByteArray frame = client.read(size);
        const Bytes bytes = answer(
            ByteView(reinterpret_cast<const std::byte*>(frame.constData()), static_cast<std::size_t>(frame.size())));
        client.write(reinterpret_cast<const char*>(bytes.data()), static_cast<qint64>(bytes.size()));
    }
}

Bytes TwoBrokers::answer(ByteView frame) {
    const auto request = protocol::decodeRequestHeader(frame);
    if (request->header.apiKey == protocol::ApiKey::kMetadata) {
        protocol::MetadataResponse response;
        response.brokers = {{BrokerId(m_id), "127.0.0.1", port(), {}, {}},
                            {BrokerId(3 - m_id), "127.0.0.1", m_other, {}, {}}};
        response.controllerId = BrokerId(m_id);
        protocol::MetadataResponse::MetadataResponseTopic topic;
        topic.name = "t";
        topic.partitions = {ledBy(m_leader, 0), ledBy(2, 1)};
        response.topics = {topic};
        return framed(response, request->header);
    }
    if (request->header.apiKey == protocol::ApiKey::kListOffsets) {
        const auto asked = protocol::decode<protocol::ListOffsetsRequest>(request->body, request->header.apiVersion);
        protocol::ListOffsetsResponse response;
        response.topics.push_back({"t", {}, {}});
        for (const auto& each : asked->topics.front().partitions) {
            auto& partition = response.topics.back().partitions.emplace_back();
            partition.partitionIndex = each.partitionIndex;
            partition.offset = Offset(++m_end);
            if ((each.partitionIndex == PartitionId(0) ? m_leader : 2) != m_id) {
                partition.errorCode = protocol::ErrorCode::kNotLeaderOrFollower;
                partition.offset = kNoOffset;
            }
        }
        return framed(response, request->header);
    }
    protocol::ApiVersionsResponse response;
    const auto serve = [&response](protocol::ApiKey key, std::int16_t version) {
        response.apiKeys.push_back({static_cast<std::int16_t>(key), 0, version, {}});
    };
    serve(protocol::ApiKey::kApiVersions, 3);
    serve(protocol::ApiKey::kMetadata, kMetadataVersion);
    serve(protocol::ApiKey::kListOffsets, kListOffsetsVersion);
    return framed(response, request->header);
}

}  // namespace weir::test
