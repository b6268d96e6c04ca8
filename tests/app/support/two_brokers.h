// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTcpServer>
#include <cstdint>

#include "broker/base/bytes.h"

namespace weir::test {

/// As much of a cluster of two brokers as being looked at takes: broker 1 is this object, leads partition 0 of "t" and
/// grows it with every question; broker 2 leads partition 1 and stands at an address that a test chooses.
class TwoBrokers {
public:
    explicit TwoBrokers(std::uint16_t portOfTheOther);
    [[nodiscard]] std::uint16_t port() const { return m_server.serverPort(); }

private:
    void serve(QTcpSocket& client);
    [[nodiscard]] Bytes answer(ByteView frame);

    QTcpServer m_server;
    std::uint16_t m_other;
    std::int64_t m_end = 0;
};

}  // namespace weir::test
