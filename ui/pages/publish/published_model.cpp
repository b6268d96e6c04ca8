// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/publish/published_model.h"

#include "ui/theme/tokens.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {

namespace {

constexpr int kKept = 200;
enum Column { kTime, kWhere, kKey, kColumns };

}  // namespace

void PublishedModel::add(Entry entry) {
    beginInsertRows({}, 0, 0);
    m_entries.push_front(std::move(entry));
    endInsertRows();
    if (m_entries.size() > kKept) {
        beginRemoveRows({}, kKept, kKept);
        m_entries.pop_back();
        endRemoveRows();
    }
}

int PublishedModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int PublishedModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant PublishedModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const Entry& entry = at(index.row());
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
            case kTime:
                return formatClock(entry.at);
            case kWhere:
                if (!entry.error.isEmpty()) {
                    return entry.error;
                }
                return entry.where.offset == kNoOffset
                           ? tr("%1 · partition %2, nobody confirms").arg(entry.topic).arg(entry.where.partition.value)
                           : tr("%1 · %2@%3")
                                 .arg(entry.topic)
                                 .arg(entry.where.partition.value)
                                 .arg(formatCount(entry.where.offset.value));
            case kKey:
                return entry.key;
            default:
                return {};
        }
    }
    if (role == kMonoRole) {
        return true;
    }
    if (role == kTintRole && index.column() == kWhere) {
        return static_cast<int>(entry.error.isEmpty() ? Tint::kText : Tint::kBadText);
    }
    if (role == kSeriesRole && index.column() == kWhere && entry.error.isEmpty()) {
        return entry.where.partition.value;
    }
    if (role == Qt::ToolTipRole) {
        return index.column() == kTime ? formatAbsolute(entry.at) : entry.error;
    }
    if (role == kSortRole && index.column() == kTime) {
        return static_cast<qlonglong>(entry.at.value);
    }
    return {};
}

QVariant PublishedModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
        case kTime:
            return tr("Time");
        case kWhere:
            return tr("Partition@offset");
        case kKey:
            return tr("Key");
        default:
            return {};
    }
}

}  // namespace weir::ui
