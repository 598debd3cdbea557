package main

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// write makes a log with new keys, cosigned by a witness, and the proof file of its middle record.
func write(size int64) (*Log, error) {
	records := make([][]byte, size)
	for i := range records {
		records[i] = []byte(fmt.Sprintf("go record %d", i))
	}
	all, err := storedOf(records)
	if err != nil {
		return nil, err
	}
	root, err := tlog.TreeHash(size, all)
	if err != nil {
		return nil, err
	}
	const origin = "go.example/log"
	signingKey, key, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, err
	}
	l := &Log{Key: key, Files: map[string][]byte{}}
	head := log.Checkpoint{Origin: origin, Size: uint64(size), Hash: root[:]}
	if l.Files["checkpoint"], l.Witness, err = sign(string(head.Marshal()), signingKey); err != nil {
		return nil, err
	}
	if size == 0 {
		return l, nil
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, size) {
		if l.Files[tilePath(tile)], err = tlog.ReadTileData(tile, all); err != nil {
			return nil, err
		}
	}
	for index := int64(0); index*tileWidth < size; index++ {
		end := min(size, (index+1)*tileWidth)
		l.Files[entriesPath(index, int(end-index*tileWidth))] = bundle(records[index*tileWidth : end])
	}
	return l, addProof(l, size/2, size, records, all)
}

func sign(text string, signingKey string) ([]byte, string, error) {
	signer, err := note.NewSigner(signingKey)
	if err != nil {
		return nil, "", err
	}
	witnessKey, plainKey, err := note.GenerateKey(rand.Reader, "witness.example")
	if err != nil {
		return nil, "", err
	}
	witness, err := fnote.NewSignerForCosignatureV1(witnessKey)
	if err != nil {
		return nil, "", err
	}
	cosignKey, err := fnote.VKeyToCosignatureV1(strings.TrimSpace(plainKey))
	if err != nil {
		return nil, "", err
	}
	signed, err := note.Sign(&note.Note{Text: text}, signer, witness)
	return signed, cosignKey, err
}

func bundle(records [][]byte) []byte {
	var out bytes.Buffer
	for _, record := range records {
		_ = binary.Write(&out, binary.BigEndian, uint16(len(record)))
		out.Write(record)
	}
	return out.Bytes()
}

func addProof(l *Log, index, size int64, records [][]byte, all stored) error {
	path, err := tlog.ProveRecord(size, index, all)
	if err != nil {
		return err
	}
	p := proof.TLogProof{Index: uint64(index), Checkpoint: l.Files["checkpoint"], ExtraData: []byte("from go")}
	for _, hash := range path {
		p.Hashes = append(p.Hashes, hash)
	}
	l.Proof, l.Record = p.Marshal(), records[index]
	return nil
}
