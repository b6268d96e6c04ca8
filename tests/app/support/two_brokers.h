// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTcpServer>
#include <cstdint>

#include "broker/base/bytes.h"

namespace weir::test {

/// As much of a cluster of two brokers as being looked at takes. This object is one of them, broker 1 unless told
/// otherwise; the other one stands at an address that a test chooses. Broker 1 leads partition 0 of "t", broker 2
/// partition 1; who leads a partition grows it with every question.
class TwoBrokers {
public:
    explicit TwoBrokers(std::uint16_t portOfTheOther, std::int32_t id = 1);
    [[nodiscard]] std::uint16_t port() const { return m_server.serverPort(); }
    void meet(std::uint16_t portOfTheOther) { m_other = portOfTheOther; }
    /// From now on this is what it says of partition 0, and what it does.
    void setLeader(std::int32_t broker) { m_leader = broker; }

private:
    void serve(QTcpSocket& client);
    [[nodiscard]] Bytes answer(ByteView frame);

    QTcpServer m_server;
    std::uint16_t m_other;
    std::int32_t m_id;
    std::int32_t m_leader = 1;
    std::int64_t m_end = 0;
};

}  // namespace weir::test
