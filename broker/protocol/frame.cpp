// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/frame.h"

namespace weir::protocol {

std::size_t Frame::size() const {
    std::size_t total = bytes.size();
    for (const GatheredView& inserted : gathered) {
        total += inserted.view.size();
    }
    return total;
}

std::vector<ByteView> Frame::pieces() const {
    std::vector<ByteView> pieces;
    pieces.reserve(gathered.size() * 2 + 1);
    const ByteView own(bytes);
    std::size_t at = 0;
    for (const GatheredView& inserted : gathered) {
        if (inserted.at > at) {
            pieces.push_back(own.subspan(at, inserted.at - at));
        }
        pieces.push_back(inserted.view);
        at = inserted.at;
    }
    if (at < own.size()) {
        pieces.push_back(own.subspan(at));
    }
    return pieces;
}

Bytes Frame::flat() const {
    Bytes all;
    all.reserve(size());
    for (const ByteView piece : pieces()) {
        all.insert(all.end(), piece.begin(), piece.end());
    }
    return all;
}

}  // namespace weir::protocol
