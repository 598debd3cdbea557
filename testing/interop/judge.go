package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/compact"
	mproof "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8
const tileWidth = 1 << tileHeight

func judge(l *Log) Verdict {
	head, err := openCheckpoint(l, l.Files["checkpoint"])
	if err != nil {
		return Verdict{Why: err.Error()}
	}
	if err := checkFiles(l, head); err != nil {
		return Verdict{Checkpoint: true, Why: err.Error()}
	}
	return Verdict{Whole: true, Checkpoint: true}
}

// openCheckpoint has x/mod open the note under each known key alone and under all of them, since it looks at the first
// signature of a key only, and the specification asks for all. Base64 in a note is checked to be canonical, which
// encoding/base64 does not by itself.
func openCheckpoint(l *Log, data []byte) (*log.Checkpoint, error) {
	verifier, err := note.NewVerifier(l.Key)
	if err != nil {
		return nil, err
	}
	verifiers := []note.Verifier{verifier}
	if l.Witness != "" {
		witness, err := fnote.NewVerifierForCosignatureV1(l.Witness)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, witness)
	}
	list := note.VerifierList(verifiers...)
	opened, err := note.Open(data, list)
	if err != nil {
		return nil, err
	}
	cut := bytes.LastIndex(data, []byte("\n\n"))
	for _, line := range strings.Split(strings.TrimSuffix(string(data[cut+2:]), "\n"), "\n") {
		encoded := line[strings.LastIndex(line, " ")+1:]
		if decoded, err := base64.StdEncoding.Strict().DecodeString(encoded); err != nil ||
			base64.StdEncoding.EncodeToString(decoded) != encoded {
			return nil, fmt.Errorf("base64 that is not canonical")
		}
		single := opened.Text + "\n" + line + "\n"
		if _, err := note.Open([]byte(single), list); err != nil {
			if _, unknown := err.(*note.UnverifiedNoteError); !unknown {
				return nil, err
			}
		}
	}
	signed := false
	for _, each := range opened.Sigs {
		signed = signed || (each.Name == verifier.Name() && each.Hash == verifier.KeyHash())
	}
	if !signed {
		return nil, fmt.Errorf("not signed by the log")
	}
	return parseBody(opened.Text, verifier.Name())
}

func parseBody(text string, origin string) (*log.Checkpoint, error) {
	var head log.Checkpoint
	rest, err := head.Unmarshal([]byte(text))
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 || string(head.Marshal()) != text {
		return nil, fmt.Errorf("not exactly three canonical lines")
	}
	if head.Origin != origin || len(head.Hash) != 32 || head.Size > 1<<53-1 {
		return nil, fmt.Errorf("another origin, root or size than can be")
	}
	return &head, nil
}

// stored holds every hash of a log in x/mod's order, and answers what tlog asks.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		hashes[i] = s[index]
	}
	return hashes, nil
}

func storedOf(records [][]byte) (stored, error) {
	var all stored
	for i, record := range records {
		hashes, err := tlog.StoredHashes(int64(i), record, all)
		if err != nil {
			return nil, err
		}
		all = append(all, hashes...)
	}
	return all, nil
}

var partial = regexp.MustCompile(`^(tile/(?:entries|[0-9]+)/[x0-9/]+)\.p/([1-9][0-9]{0,2})$`)

func checkFiles(l *Log, head *log.Checkpoint) error {
	if head.Size > uint64(len(l.Files))*tileWidth {
		return fmt.Errorf("%d files for %d entries", len(l.Files), head.Size)
	}
	size := int64(head.Size)
	records, bundles, err := readRecords(l, size)
	if err != nil {
		return err
	}
	all, err := storedOf(records)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(size, all)
	if err != nil {
		return err
	}
	if !bytes.Equal(root[:], head.Hash) || !bytes.Equal(root[:], secondRoot(records)) {
		return fmt.Errorf("another root")
	}
	expected := map[string][]byte{"checkpoint": l.Files["checkpoint"]}
	for path, data := range bundles {
		expected[path] = data
	}
	if size > 0 {
		for _, tile := range tlog.NewTiles(tileHeight, 0, size) {
			data, err := tlog.ReadTileData(tile, all)
			if err != nil {
				return err
			}
			expected[tilePath(tile)] = data
		}
	}
	return compareFiles(l.Files, expected)
}

// secondRoot is the root as transparency-dev/merkle computes it.
func secondRoot(records [][]byte) []byte {
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for _, record := range records {
		_ = tree.Append(rfc6962.DefaultHasher.HashLeaf(record), nil)
	}
	if tree.End() == 0 {
		return rfc6962.DefaultHasher.EmptyRoot()
	}
	root, _ := tree.GetRootHash(nil)
	return root
}

// tilePath is x/mod's path without the height, which the specification fixes.
func tilePath(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
}

func entriesPath(index int64, width int) string {
	path := tilePath(tlog.Tile{H: tileHeight, L: 0, N: index, W: width})
	return strings.Replace(path, "tile/0/", "tile/entries/", 1)
}

func readRecords(l *Log, size int64) ([][]byte, map[string][]byte, error) {
	var records [][]byte
	bundles := map[string][]byte{}
	for index := int64(0); index*tileWidth < size; index++ {
		width := int(min(tileWidth, size-index*tileWidth))
		path := entriesPath(index, width)
		data, here := l.Files[path]
		if !here {
			return nil, nil, fmt.Errorf("no %s", path)
		}
		entries, err := split(data)
		if err != nil || len(entries) != width {
			return nil, nil, fmt.Errorf("%s: %d entries, %v", path, len(entries), err)
		}
		records = append(records, entries...)
		bundles[path] = data
	}
	return records, bundles, nil
}

func split(data []byte) ([][]byte, error) {
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 {
			return entries, fmt.Errorf("half a length")
		}
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			return entries, fmt.Errorf("cut off")
		}
		entries = append(entries, data[2:2+length])
		data = data[2+length:]
	}
	return entries, nil
}

// compareFiles wants exactly the expected files; partial ones of earlier sizes may stay if the later ones begin with them.
func compareFiles(files, expected map[string][]byte) error {
	for path, data := range expected {
		if !bytes.Equal(files[path], data) || files[path] == nil && len(data) > 0 {
			return fmt.Errorf("%s is another", path)
		}
		if _, here := files[path]; !here {
			return fmt.Errorf("no %s", path)
		}
	}
	for path, data := range files {
		if _, known := expected[path]; known {
			continue
		}
		if !isOldPartial(path, data, expected) {
			return fmt.Errorf("%s is unknown", path)
		}
	}
	return nil
}

func isOldPartial(path string, data []byte, expected map[string][]byte) bool {
	match := partial.FindStringSubmatch(path)
	if match == nil {
		return false
	}
	width, _ := strconv.Atoi(match[2])
	later, laterWidth := expected[match[1]], tileWidth
	for w := 1; w < tileWidth && later == nil; w++ {
		later, laterWidth = expected[fmt.Sprintf("%s.p/%d", match[1], w)], w
	}
	if later == nil || width >= laterWidth || !bytes.HasPrefix(later, data) {
		return false
	}
	if strings.HasPrefix(path, "tile/entries/") {
		entries, err := split(data)
		return err == nil && len(entries) == width
	}
	return len(data) == width*32
}

func prove(l *Log) Verdict {
	var p proof.TLogProof
	if err := p.Unmarshal(l.Proof); err != nil {
		return Verdict{Why: err.Error()}
	}
	head, err := openCheckpoint(l, p.Checkpoint)
	if err != nil {
		return Verdict{Why: err.Error()}
	}
	hashes := make([][]byte, len(p.Hashes))
	for i := range p.Hashes {
		hashes[i] = p.Hashes[i][:]
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(l.Record)
	if err := mproof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, head.Size, leaf, hashes, head.Hash); err != nil {
		return Verdict{Checkpoint: true, Why: err.Error()}
	}
	return Verdict{Whole: true, Checkpoint: true}
}
