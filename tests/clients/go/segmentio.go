// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"time"

	"github.com/segmentio/kafka-go"
)

type segmentio struct{ client *kafka.Client }

func newSegmentio(bootstrap string) Client {
	return &segmentio{&kafka.Client{Addr: kafka.TCP(bootstrap), Timeout: 20 * time.Second, Transport: segmentioTransport()}}
}

func (s *segmentio) Create(topic string, partitions int32) error {
	answer, err := s.client.CreateTopics(context.Background(), &kafka.CreateTopicsRequest{
		Topics: []kafka.TopicConfig{{Topic: topic, NumPartitions: int(partitions), ReplicationFactor: 1}}})
	if err != nil {
		return err
	}
	return answer.Errors[topic]
}

func (s *segmentio) Delete(topic string) error {
	answer, err := s.client.DeleteTopics(context.Background(), &kafka.DeleteTopicsRequest{Topics: []string{topic}})
	if err != nil {
		return err
	}
	return answer.Errors[topic]
}

func (s *segmentio) Topics() ([]string, error) {
	answer, err := s.client.Metadata(context.Background(), &kafka.MetadataRequest{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, topic := range answer.Topics {
		names = append(names, topic.Name)
	}
	return names, nil
}

type segmentioBalancer struct{ keyed kafka.Balancer }

func (b *segmentioBalancer) Balance(m kafka.Message, partitions ...int) int {
	if m.Key == nil {
		return m.Partition
	}
	return b.keyed.Balance(m, partitions...)
}

func (s *segmentio) Produce(topic string, codec string, records []Record) error {
	// The writer refuses a message that names its partition, so that keyless ones are sent partition by partition.
	byPartition := map[int][]kafka.Message{}
	var keyed []kafka.Message
	for _, r := range records {
		each := kafka.Message{Key: r.Key, Value: r.Value}
		for _, h := range r.Headers {
			each.Headers = append(each.Headers, kafka.Header{Key: h.Key, Value: h.Value})
		}
		if r.Key == nil && r.Partition != 0 {
			byPartition[int(r.Partition)] = append(byPartition[int(r.Partition)], each)
		} else {
			keyed = append(keyed, each)
		}
	}
	compression := map[string]kafka.Compression{"gzip": kafka.Gzip, "snappy": kafka.Snappy, "lz4": kafka.Lz4,
		"zstd": kafka.Zstd}[codec]
	write := func(balancer kafka.Balancer, messages []kafka.Message) error {
		if len(messages) == 0 {
			return nil
		}
		writer := &kafka.Writer{Addr: s.client.Addr, Topic: topic, Balancer: balancer, RequiredAcks: kafka.RequireAll,
			Transport:   s.client.Transport,
			Compression: compression, BatchBytes: 2_000_000, BatchTimeout: 5 * time.Millisecond, BatchSize: 5000}
		defer writer.Close()
		return writer.WriteMessages(context.Background(), messages...)
	}
	if err := write(&segmentioBalancer{&kafka.Hash{}}, keyed); err != nil {
		return err
	}
	for partition, messages := range byPartition {
		fixed := kafka.BalancerFunc(func(kafka.Message, ...int) int { return partition })
		if err := write(fixed, messages); err != nil {
			return err
		}
	}
	return nil
}

func (s *segmentio) Member(group, topic string, onRecord func(Record), owned func([]int32)) (func(), error) {
	member, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{ID: group, Brokers: []string{s.client.Addr.String()},
		Topics: []string{topic}, StartOffset: kafka.FirstOffset, SessionTimeout: 6 * time.Second,
		HeartbeatInterval: 300 * time.Millisecond, RebalanceTimeout: 10 * time.Second, JoinGroupBackoff: 50 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			generation, err := member.Next(ctx)
			if errors.Is(err, context.Canceled) || errors.Is(err, kafka.ErrGroupClosed) {
				return
			}
			if err != nil {
				continue
			}
			var all []int32
			for _, assigned := range generation.Assignments[topic] {
				all = append(all, int32(assigned.ID))
				generation.Start(func(ctx context.Context) { s.read(ctx, generation, topic, assigned, onRecord) })
			}
			owned(all)
		}
	}()
	return func() { member.Close(); cancel(); <-done }, nil
}

func (s *segmentio) read(ctx context.Context, generation *kafka.Generation, topic string,
	assigned kafka.PartitionAssignment, onRecord func(Record)) {
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{s.client.Addr.String()}, Topic: topic,
		Partition: assigned.ID, MaxWait: 100 * time.Millisecond, MaxBytes: 10_000_000})
	defer reader.Close()
	if reader.SetOffset(assigned.Offset) != nil {
		return
	}
	for {
		m, err := reader.ReadMessage(ctx)
		if err != nil {
			return
		}
		each := Record{Key: m.Key, Value: m.Value, Partition: int32(m.Partition), Offset: m.Offset}
		for _, h := range m.Headers {
			each.Headers = append(each.Headers, Header{h.Key, h.Value})
		}
		onRecord(each)
		generation.CommitOffsets(map[string]map[int]int64{topic: {assigned.ID: m.Offset + 1}})
	}
}

func (s *segmentio) Commit(group, topic string, offsets map[int32]int64) error {
	var commits []kafka.OffsetCommit
	for p, o := range offsets {
		commits = append(commits, kafka.OffsetCommit{Partition: int(p), Offset: o})
	}
	answer, err := s.client.OffsetCommit(context.Background(), &kafka.OffsetCommitRequest{GroupID: group,
		GenerationID: -1, Topics: map[string][]kafka.OffsetCommit{topic: commits}})
	if err != nil {
		return err
	}
	for _, partition := range answer.Topics[topic] {
		if partition.Error != nil {
			return partition.Error
		}
	}
	return nil
}

func (s *segmentio) Committed(group, topic string) (map[int32]int64, error) {
	answer, err := s.client.OffsetFetch(context.Background(), &kafka.OffsetFetchRequest{GroupID: group,
		Topics: map[string][]int{topic: {0, 1, 2}}})
	offsets := map[int32]int64{}
	if err == nil {
		for _, partition := range answer.Topics[topic] {
			offsets[int32(partition.Partition)] = partition.CommittedOffset
		}
	}
	return offsets, err
}
