// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <memory>
#include <vector>

#include "app/cluster/cluster.h"

namespace weir::app {

/// A cluster with a window of its own, for work that goes from one cluster to another.
struct OpenEnd {
    /// As in ui::OpenCluster; empty for the broker inside Weir.
    QString id;
    QString name;
    /// With its locks: what they forbid is refused here, too.
    std::shared_ptr<Cluster> cluster;
    /// Why nothing can be written to it now; empty: it can.
    QString whyNot;
};

/// The clusters that are open. GUI thread; what it answers may be used on any. A cluster whose window is closed
/// answers kStopped from then on.
class ClusterDirectory {
public:
    virtual ~ClusterDirectory() = default;
    [[nodiscard]] virtual std::vector<OpenEnd> openEnds() const = 0;
};

}  // namespace weir::app
