// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings/app_settings.h"

namespace weir::app {

AppSettings::AppSettings(QVariantMap values, Save save, QObject* parent)
    : ui::Settings(parent), m_values(std::move(values)), m_save(std::move(save)) {
    // A splitter that is dragged changes its setting with every pixel.
    m_later.setInterval(300);
    m_later.setSingleShot(true);
    connect(&m_later, &QTimer::timeout, this, [this] { m_save(m_values); });
}

QVariant AppSettings::value(const QString& key, const QVariant& fallback) const {
    return m_values.value(key, fallback);
}

void AppSettings::setValue(const QString& key, const QVariant& value) {
    const auto known = m_values.constFind(key);
    if (known != m_values.constEnd() && *known == value) {
        return;
    }
    if (value.isValid()) {
        m_values.insert(key, value);
    } else {
        m_values.remove(key);
    }
    m_later.start();
    Q_EMIT changed(key);
}

void AppSettings::flush() {
    if (m_later.isActive()) {
        m_later.stop();
        m_save(m_values);
    }
}

}  // namespace weir::app
