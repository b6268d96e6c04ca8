// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/IBM/sarama"
)

type saramaClient struct {
	bootstrap string
	joining   func(*sarama.Config)
}

func newSarama(bootstrap string) Client { return &saramaClient{bootstrap, nil} }

func saramaConfig() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.V2_8_0_0
	config.Producer.Return.Successes = true
	config.Producer.MaxMessageBytes = 2_000_000
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Offsets.AutoCommit.Interval = 200 * time.Millisecond
	config.Consumer.Group.Session.Timeout = 6 * time.Second
	config.Consumer.Group.Heartbeat.Interval = 300 * time.Millisecond
	saramaLogin(config)
	return config
}

func (s *saramaClient) admin() (sarama.ClusterAdmin, error) {
	return sarama.NewClusterAdmin([]string{s.bootstrap}, saramaConfig())
}

func (s *saramaClient) Create(topic string, partitions int32) error {
	admin, err := s.admin()
	if err != nil {
		return err
	}
	defer admin.Close()
	return admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1}, false)
}

func (s *saramaClient) Delete(topic string) error {
	admin, err := s.admin()
	if err != nil {
		return err
	}
	defer admin.Close()
	return admin.DeleteTopic(topic)
}

func (s *saramaClient) Topics() ([]string, error) {
	admin, err := s.admin()
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	found, err := admin.ListTopics()
	var names []string
	for name := range found {
		names = append(names, name)
	}
	return names, err
}

type saramaPartitioner struct{ keyed sarama.Partitioner }

func (p *saramaPartitioner) Partition(m *sarama.ProducerMessage, n int32) (int32, error) {
	if m.Key == nil {
		return m.Partition, nil
	}
	return p.keyed.Partition(m, n)
}

func (p *saramaPartitioner) RequiresConsistency() bool { return true }

func (s *saramaClient) Produce(topic string, codec string, records []Record) error {
	config := saramaConfig()
	config.Producer.Compression = map[string]sarama.CompressionCodec{"none": sarama.CompressionNone,
		"gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy, "lz4": sarama.CompressionLZ4,
		"zstd": sarama.CompressionZSTD}[codec]
	config.Producer.Idempotent = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Net.MaxOpenRequests = 1
	config.Producer.Partitioner = func(topic string) sarama.Partitioner {
		return &saramaPartitioner{sarama.NewHashPartitioner(topic)}
	}
	producer, err := sarama.NewSyncProducer([]string{s.bootstrap}, config)
	if err != nil {
		return err
	}
	defer producer.Close()
	var out []*sarama.ProducerMessage
	for _, r := range records {
		each := &sarama.ProducerMessage{Topic: topic, Partition: r.Partition}
		if r.Key != nil {
			each.Key = sarama.ByteEncoder(r.Key)
		}
		if r.Value != nil {
			each.Value = sarama.ByteEncoder(r.Value)
		}
		for _, h := range r.Headers {
			each.Headers = append(each.Headers, sarama.RecordHeader{Key: []byte(h.Key), Value: h.Value})
		}
		out = append(out, each)
	}
	return producer.SendMessages(out)
}

// saramaHandler owns the partitions whose claims are running: with a cooperative strategy a session outlives rebalances.
type saramaHandler struct {
	topic    string
	onRecord func(Record)
	owned    func([]int32)
	mutex    sync.Mutex
	running  map[int32]bool
}

func (h *saramaHandler) Setup(sarama.ConsumerGroupSession) error { return nil }

func (h *saramaHandler) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (h *saramaHandler) claims(partition int32, isRunning bool) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if isRunning {
		h.running[partition] = true
	} else {
		delete(h.running, partition)
	}
	h.owned(slices.Collect(maps.Keys(h.running)))
}

func (h *saramaHandler) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	h.claims(claim.Partition(), true)
	defer h.claims(claim.Partition(), false)
	for {
		select {
		case m, ok := <-claim.Messages():
			if !ok {
				return nil
			}
			each := Record{Key: m.Key, Value: m.Value, Partition: m.Partition, Offset: m.Offset}
			for _, header := range m.Headers {
				each.Headers = append(each.Headers, Header{string(header.Key), header.Value})
			}
			h.onRecord(each)
			session.MarkMessage(m, "")
		case <-session.Context().Done():
			return nil
		}
	}
}

func (s *saramaClient) Member(group, topic string, onRecord func(Record), owned func([]int32)) (func(), error) {
	config := saramaConfig()
	if s.joining != nil {
		s.joining(config)
	}
	member, err := sarama.NewConsumerGroup([]string{s.bootstrap}, group, config)
	if err != nil {
		return nil, err
	}
	handler := &saramaHandler{topic: topic, onRecord: onRecord, owned: owned, running: map[int32]bool{}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if err := member.Consume(ctx, []string{topic}, handler); err != nil {
				return
			}
		}
	}()
	return func() { cancel(); <-done; member.Close() }, nil
}

func (s *saramaClient) Commit(group, topic string, offsets map[int32]int64) error {
	client, err := sarama.NewClient([]string{s.bootstrap}, saramaConfig())
	if err != nil {
		return err
	}
	defer client.Close()
	manager, err := sarama.NewOffsetManagerFromClient(group, client)
	if err != nil {
		return err
	}
	for p, o := range offsets {
		partition, err := manager.ManagePartition(topic, p)
		if err != nil {
			return err
		}
		partition.MarkOffset(o, "")
	}
	manager.Commit()
	return manager.Close()
}

func (s *saramaClient) Committed(group, topic string) (map[int32]int64, error) {
	admin, err := s.admin()
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	found, err := admin.ListConsumerGroupOffsets(group, nil)
	offsets := map[int32]int64{}
	if err == nil {
		for p, block := range found.Blocks[topic] {
			offsets[p] = block.Offset
		}
	}
	return offsets, err
}
