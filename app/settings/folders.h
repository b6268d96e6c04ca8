// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace weir::app {

/// Where Weir keeps things: `config` for settings, `data` for the broker's folder and the history. Made when absent,
/// readable by their owner only.
struct Folders {
    QString config;
    QString data;
};

/// By the platform's rules; XDG_CONFIG_HOME and XDG_DATA_HOME on Linux.
[[nodiscard]] Folders standardFolders();

/// A name for a folder or a cluster among the files of the configuration.
[[nodiscard]] QString shortNameOf(const QString& subject);
/// One history a subject: two brokers must not draw into one chart.
[[nodiscard]] QString historyFile(const QString& subject);
/// Replays that are not at their end, of all clusters.
[[nodiscard]] QString replaysFile();

}  // namespace weir::app
