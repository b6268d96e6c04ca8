// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/widgets/page.h"

namespace weir::ui {

class FeedCard;

/// Ready-made live data: one card a feed.
class FeedsPage : public Page {
    Q_OBJECT

public:
    explicit FeedsPage(Backend& backend, QWidget* parent = nullptr);

private:
    FeedCard* makeCard(const FeedDescription& feed);
    void start(FeedCard* card);
    void showState();

    std::vector<FeedCard*> m_cards;
};

}  // namespace weir::ui
