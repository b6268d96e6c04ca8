// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/snippets.h"

#include <array>

namespace weir::ui {
namespace {

struct Language {
    const char* name;
    const char* publish;
    const char* read;
};

constexpr std::array<Language, 7> kLanguages = {{
    {"Java",
     R"(// org.apache.kafka:kafka-clients:4.2.1
var props = new Properties();
props.put("bootstrap.servers", "@");
props.put("key.serializer", StringSerializer.class);
props.put("value.serializer", StringSerializer.class);
try (var producer = new KafkaProducer<String, String>(props)) {
    producer.send(new ProducerRecord<>("hello", "key", "value"));
}
)",
     R"(// org.apache.kafka:kafka-clients:4.2.1
var props = new Properties();
props.put("bootstrap.servers", "@");
props.put("group.id", "hello-readers");
props.put("auto.offset.reset", "earliest");
props.put("key.deserializer", StringDeserializer.class);
props.put("value.deserializer", StringDeserializer.class);
try (var consumer = new KafkaConsumer<String, String>(props)) {
    consumer.subscribe(List.of("hello"));
    while (true)
        for (var record : consumer.poll(Duration.ofSeconds(1)))
            System.out.println(record.key() + " " + record.value());
}
)"},
    {"Python",
     R"(# pip install confluent-kafka
from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": "@"})
producer.produce("hello", key="key", value="value")
producer.flush()
)",
     R"(# pip install confluent-kafka
from confluent_kafka import Consumer

consumer = Consumer({"bootstrap.servers": "@",
                     "group.id": "hello-readers",
                     "auto.offset.reset": "earliest"})
consumer.subscribe(["hello"])
while True:
    record = consumer.poll(1.0)
    if record and not record.error():
        print(record.key(), record.value())
)"},
    {"Go",
     R"(// go get github.com/twmb/franz-go
client, err := kgo.NewClient(kgo.SeedBrokers("@"),
    kgo.AllowAutoTopicCreation())
if err != nil {
    log.Fatal(err)
}
defer client.Close()
record := &kgo.Record{Topic: "hello", Key: []byte("key"), Value: []byte("value")}
err = client.ProduceSync(context.Background(), record).FirstErr()
)",
     R"(// go get github.com/twmb/franz-go
client, err := kgo.NewClient(kgo.SeedBrokers("@"),
    kgo.ConsumerGroup("hello-readers"), kgo.ConsumeTopics("hello"))
if err != nil {
    log.Fatal(err)
}
defer client.Close()
for {
    client.PollFetches(context.Background()).EachRecord(func(r *kgo.Record) {
        fmt.Println(string(r.Key), string(r.Value))
    })
}
)"},
    {"Node",
     R"(// npm install kafkajs
import { Kafka } from "kafkajs";

const producer = new Kafka({ brokers: ["@"] }).producer();
await producer.connect();
await producer.send({ topic: "hello",
                      messages: [{ key: "key", value: "value" }] });
await producer.disconnect();
)",
     R"(// npm install kafkajs
import { Kafka } from "kafkajs";

const consumer = new Kafka({ brokers: ["@"] })
    .consumer({ groupId: "hello-readers" });
await consumer.connect();
await consumer.subscribe({ topics: ["hello"], fromBeginning: true });
await consumer.run({
    eachMessage: async ({ message }) =>
        console.log(String(message.key), String(message.value)),
});
)"},
    {"C#",
     R"(// dotnet add package Confluent.Kafka
using Confluent.Kafka;

var config = new ProducerConfig { BootstrapServers = "@" };
using var producer = new ProducerBuilder<string, string>(config).Build();
await producer.ProduceAsync("hello",
    new Message<string, string> { Key = "key", Value = "value" });
)",
     R"(// dotnet add package Confluent.Kafka
using Confluent.Kafka;

var config = new ConsumerConfig { BootstrapServers = "@",
    GroupId = "hello-readers", AutoOffsetReset = AutoOffsetReset.Earliest };
using var consumer = new ConsumerBuilder<string, string>(config).Build();
consumer.Subscribe("hello");
while (true) {
    var record = consumer.Consume();
    Console.WriteLine($"{record.Message.Key} {record.Message.Value}");
}
)"},
    {"Rust",
     R"(// cargo add rdkafka tokio --features tokio/full
let producer: FutureProducer = ClientConfig::new()
    .set("bootstrap.servers", "@")
    .create()?;
let record = FutureRecord::to("hello").key("key").payload("value");
producer.send(record, Duration::from_secs(5)).await
    .map_err(|(error, _)| error)?;
)",
     R"(// cargo add rdkafka tokio --features tokio/full
let consumer: StreamConsumer = ClientConfig::new()
    .set("bootstrap.servers", "@")
    .set("group.id", "hello-readers")
    .set("auto.offset.reset", "earliest")
    .create()?;
consumer.subscribe(&["hello"])?;
loop {
    let record = consumer.recv().await?;
    println!("{:?} {:?}", record.key_view::<str>(), record.payload_view::<str>());
}
)"},
    {"kcat",
     R"(# one record from the command line
echo "key:value" | kcat -P -b @ -t hello -K :

# every line of a file as a record
kcat -P -b @ -t hello -l records.txt
)",
     R"(# everything from the beginning, then wait for more
kcat -C -b @ -t hello -o beginning

# as a member of a group
kcat -b @ -G hello-readers hello
)"},
}};

}  // namespace

QStringList snippetLanguages() {
    QStringList names;
    for (const Language& language : kLanguages) {
        names.append(QString::fromLatin1(language.name));
    }
    return names;
}

QString snippet(int language, SnippetKind kind, const QString& bootstrap) {
    const Language& found = kLanguages.at(static_cast<std::size_t>(language));
    QString code = QString::fromLatin1(kind == SnippetKind::kPublish ? found.publish : found.read);
    return code.replace(QLatin1Char('@'), bootstrap).trimmed();
}

}  // namespace weir::ui
