// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topics/topic_name_check.h"

#include <QCoreApplication>

#include "broker/model/topic_name.h"

namespace weir::ui {

QString whyNotANewTopic(const QString& name, const Snapshot& snapshot) {
    const std::string text = name.toStdString();
    if (const auto why = whyNotATopicName(text)) {
        return QString::fromStdString(*why);
    }
    for (const auto& topic : snapshot.topics) {
        if (topic->name == text) {
            return QCoreApplication::translate("Topics", "A topic of this name exists already.");
        }
        if (topicNamesCollide(topic->name, text)) {
            return QCoreApplication::translate(
                       "Topics", "%1 exists already: names that differ only by . and _ collide in metrics.")
                .arg(QString::fromStdString(topic->name));
        }
    }
    return {};
}

}  // namespace weir::ui
