// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace weir::ui {

enum class SnippetKind { kPublish, kRead };

/// Java, Python, Go, Node, C#, Rust, kcat.
QStringList snippetLanguages();
/// A program that runs as it stands against `bootstrap`, with the line that installs its library on top.
QString snippet(int language, SnippetKind kind, const QString& bootstrap);

}  // namespace weir::ui
