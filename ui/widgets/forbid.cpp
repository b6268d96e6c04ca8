// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/forbid.h"

#include <QAction>
#include <QEvent>
#include <QWidget>
#include <utility>

namespace weir::ui {

namespace {

/// Switches a widget off again as soon as somebody switches it on, and keeps the reason there.
class OffSwitch : public QObject {
public:
    OffSwitch(QWidget* control, QString whyNot) : QObject(control), m_control(control), m_whyNot(std::move(whyNot)) {
        control->installEventFilter(this);
    }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::EnabledChange && m_control->isEnabled()) {
            m_control->setEnabled(false);
        } else if (event->type() == QEvent::ToolTipChange && m_control->toolTip() != m_whyNot) {
            m_control->setToolTip(m_whyNot);
        }
        return QObject::eventFilter(watched, event);
    }

private:
    QWidget* m_control;
    QString m_whyNot;
};

}  // namespace

void forbid(QAction* action, const QString& whyNot) {
    if (whyNot.isEmpty()) {
        return;
    }
    const auto off = [action, whyNot] {
        if (action->isEnabled()) {
            action->setEnabled(false);
        }
        if (action->toolTip() != whyNot) {
            action->setToolTip(whyNot);
        }
    };
    QObject::connect(action, &QAction::changed, action, off);
    off();
}

void forbid(QWidget* control, const QString& whyNot) {
    if (whyNot.isEmpty()) {
        return;
    }
    control->setEnabled(false);
    control->setToolTip(whyNot);
    new OffSwitch(control, whyNot);
}

}  // namespace weir::ui
