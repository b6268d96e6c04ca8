// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "broker/protocol/messages/produce.h"
#include "tests/simulation/client.h"

namespace weir::simulation {

/// A batch that is on its way, as often as it takes.
struct Sending {
    checker::Place place;
    std::vector<std::string> values;
    Bytes bytes;
    /// Its one request; the records are views into `bytes`.
    [[nodiscard]] protocol::ProduceRequest request(std::optional<std::string_view> transactionalId) const;
};

struct ProducerState {
    ProducerId id = kNoProducerId;
    ProducerEpoch epoch = kNoProducerEpoch;
    std::map<checker::Place, std::int32_t> sequences;
};

/// What the idempotent and the transactional producer have in common.
class ProducingClient : public Client {
public:
    using Client::Client;

protected:
    /// Makes a batch of fresh values and takes its sequence numbers.
    Sending make(ProducerState& producer, const checker::Place& place, const std::string& transaction);
    void noteAck(const Sending& sending, std::int64_t baseOffset);

private:
    std::int64_t m_made = 0;
};

/// Keeps several batches in flight and repeats them in order until each is acknowledged, as Kafka's idempotent producer
/// does. Now and then it dies and another takes its place.
class IdempotentProducer final : public ProducingClient {
public:
    using ProducingClient::ProducingClient;

private:
    Script<> run() override;
    Script<bool> takeId();
    /// Sends all that is not acknowledged; true when all of it is.
    Script<bool> round();
    /// What an answer says about the oldest batch; false: everything from it on has to be sent again.
    bool judge(const std::optional<protocol::ProduceResponse>& response, bool isFirst);

    ProducerState m_producer;
    std::deque<Sending> m_unacked;
    bool m_mayComplain = true;
};

}  // namespace weir::simulation
