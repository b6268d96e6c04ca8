// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/protocol/frame.h"
#include "broker/server/net/memory_budget.h"

namespace weir::server {

/// One response on its way out: the encoded frame, what keeps its gathered records alive, and what it owes the budget.
class OutFrame {
public:
    explicit OutFrame(protocol::Frame frame)
        : m_frame(std::move(frame)),
          m_size(m_frame.size()),
          m_pieces(m_frame.gathered.empty() ? std::vector<ByteView>{m_frame.bytes} : m_frame.pieces()) {}

    /// Held until the response has left.
    void keep(std::shared_ptr<const void> owner) { m_keepers.push_back(std::move(owner)); }
    void charge(MemoryBudget::Lease lease) { m_lease.join(std::move(lease)); }
    /// The bytes that no lease stands for.
    [[nodiscard]] std::size_t unpaid() const { return size() - std::min(size(), m_lease.bytes()); }

    [[nodiscard]] const std::vector<ByteView>& pieces() const { return m_pieces; }
    [[nodiscard]] std::size_t size() const { return m_size; }

private:
    // The pieces point to heap blocks, which stay where they are when this object moves.
    protocol::Frame m_frame;
    std::size_t m_size;
    std::vector<ByteView> m_pieces;
    std::vector<std::shared_ptr<const void>> m_keepers;
    MemoryBudget::Lease m_lease;
};

}  // namespace weir::server
