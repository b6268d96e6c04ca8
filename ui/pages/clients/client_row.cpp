// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/clients/client_row.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/theme/tokens.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Clients", text);
}

QString joined(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) {
        list << QString::fromStdString(name);
    }
    return list.isEmpty() ? kNone : list.join(QStringLiteral(", "));
}

KeyedColumn<ClientRow> text(const char* title, std::function<QString(const ClientRow&)> words, bool mono) {
    return {tr(title), [words = std::move(words), mono](const ClientRow& row, int role) -> QVariant {
                if (role == Qt::DisplayRole) {
                    return words(row);
                }
                return role == kMonoRole ? QVariant(mono) : QVariant();
            }};
}

KeyedColumn<ClientRow> number(const char* title, std::function<double(const ClientRow&)> value,
                              QString (*words)(double), Tint tint) {
    return {tr(title),
            [value = std::move(value), words, tint](const ClientRow& row, int role) -> QVariant {
                switch (role) {
                    case Qt::DisplayRole:
                        return words(value(row));
                    case kSortRole:
                        return value(row);
                    case kTintRole:
                        return static_cast<int>(value(row) > 0 ? tint : Tint::kTextSecondary);
                    default:
                        return {};
                }
            },
            {},
            true};
}

QString countWords(double count) {
    return formatCount(static_cast<qint64>(count));
}

}  // namespace

std::vector<KeyedColumn<ClientRow>> clientColumns() {
    return {
        text(
            "Client id",
            [](const ClientRow& r) { return r.now.clientId.empty() ? kNone : QString::fromStdString(r.now.clientId); },
            true),
        text(
            "Address", [](const ClientRow& r) { return QString::fromStdString(r.now.remoteAddress); }, true),
        text(
            "Library",
            [](const ClientRow& r) {
                return r.now.softwareName.empty()
                           ? tr("not told")
                           : QString::fromStdString(r.now.softwareName + " " + r.now.softwareVersion);
            },
            false),
        number(
            "In", [](const ClientRow& r) { return r.bytesInRate; }, formatByteRate, Tint::kIn),
        number(
            "Out", [](const ClientRow& r) { return r.bytesOutRate; }, formatByteRate, Tint::kOut),
        number(
            "Requests", [](const ClientRow& r) { return static_cast<double>(r.now.requests); }, countWords,
            Tint::kText),
        number(
            "Errors", [](const ClientRow& r) { return static_cast<double>(r.now.errors); }, countWords, Tint::kBadText),
        text(
            "Writes to", [](const ClientRow& r) { return joined(r.now.producedTopics); }, true),
        text(
            "Reads from", [](const ClientRow& r) { return joined(r.now.fetchedTopics); }, true),
        text(
            "Groups", [](const ClientRow& r) { return joined(r.now.groups); }, true),
    };
}

std::vector<ClientRow> clientRows(const Snapshot& now, const Snapshot& before) {
    std::vector<ClientRow> rows;
    const double seconds = static_cast<double>(now.steadyMs - before.steadyMs) / 1000.0;
    for (const ConnectionSnapshot& connection : now.connections) {
        ClientRow row;
        row.now = connection;
        const auto old = std::find_if(before.connections.begin(), before.connections.end(),
                                      [&](const ConnectionSnapshot& c) { return c.id == connection.id; });
        if (old != before.connections.end() && seconds > 0) {
            row.bytesInRate = static_cast<double>(connection.bytesIn - old->bytesIn) / seconds;
            row.bytesOutRate = static_cast<double>(connection.bytesOut - old->bytesOut) / seconds;
        }
        rows.push_back(std::move(row));
    }
    std::sort(rows.begin(), rows.end(), [](const ClientRow& a, const ClientRow& b) { return a.key() < b.key(); });
    return rows;
}

}  // namespace weir::ui
