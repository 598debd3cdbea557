package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// readServed has a plain file server serve the folder, and reads the log as a client does that trusts the key and nothing
// else: the checkpoint, the tiles that tlog asks for (which it checks up to the root), and every entry against its leaf.
func readServed(folder, key string) (Verdict, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return Verdict{}, err
	}
	server := &http.Server{Handler: http.FileServer(http.Dir(folder)), ReadHeaderTimeout: time.Minute}
	defer server.Close()
	go func() { _ = server.Serve(listener) }()
	client := served("http://" + listener.Addr().String() + "/")
	note, err := client.get("checkpoint")
	if err != nil {
		return Verdict{Why: err.Error()}, nil
	}
	head, err := openCheckpoint(&Log{Key: key}, note)
	if err != nil {
		return Verdict{Why: err.Error()}, nil
	}
	tree := tlog.Tree{N: int64(head.Size), Hash: tlog.Hash(head.Hash)}
	if err := client.checkEntries(tree); err != nil {
		return Verdict{Checkpoint: true, Why: err.Error()}, nil
	}
	return Verdict{Whole: true, Checkpoint: true}, nil
}

type served string

func (s served) get(path string) ([]byte, error) {
	answer, err := http.Get(string(s) + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

func (s served) Height() int { return tileHeight }

func (s served) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data, err := s.get(tilePath(tile))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: %d bytes", tilePath(tile), len(data))
		}
		all[i] = data
	}
	return all, nil
}

func (s served) SaveTiles([]tlog.Tile, [][]byte) {}

func (s served) checkEntries(tree tlog.Tree) error {
	hashes := tlog.TileHashReader(tree, s)
	for index := int64(0); index*tileWidth < tree.N; index++ {
		width := int(min(tileWidth, tree.N-index*tileWidth))
		path := entriesPath(index, width)
		data, err := s.get(path)
		if err != nil {
			return err
		}
		entries, err := split(data)
		if err != nil || len(entries) != width {
			return fmt.Errorf("%s: %d entries, %v", path, len(entries), err)
		}
		leaves := make([]int64, width)
		for i := range leaves {
			leaves[i] = tlog.StoredHashIndex(0, index*tileWidth+int64(i))
		}
		found, err := hashes.ReadHashes(leaves)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			if tlog.RecordHash(entry) != found[i] {
				return fmt.Errorf("%s: entry %d is not the one of the tree", path, i)
			}
		}
		// One record of each bundle by its own proof.
		last := index*tileWidth + int64(width) - 1
		proof, err := tlog.ProveRecord(tree.N, last, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, last, found[width-1]); err != nil {
			return err
		}
	}
	return nil
}
