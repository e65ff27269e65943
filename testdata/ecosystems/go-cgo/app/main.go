package main

/*
#cgo LDFLAGS: -lsqlite3
#include <sqlite3.h>
#include <stdlib.h>

static int count(sqlite3 *db) {
	sqlite3_stmt *s;
	int n = -1;
	if (sqlite3_prepare_v2(db, "SELECT count(*) FROM notes", -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return n;
}
*/
import "C"

import (
	"fmt"
	"os"
	"unsafe"
)

func run(db *C.sqlite3, text string) {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	if code := C.sqlite3_exec(db, c, nil, nil, nil); code != C.SQLITE_OK {
		fmt.Fprintln(os.Stderr, "sqlite3:", code)
		os.Exit(1)
	}
}

func main() {
	path := C.CString(os.Args[1])
	defer C.free(unsafe.Pointer(path))
	var db *C.sqlite3
	if C.sqlite3_open(path, &db) != C.SQLITE_OK {
		fmt.Fprintln(os.Stderr, "cannot open", os.Args[1])
		os.Exit(1)
	}
	defer C.sqlite3_close(db)
	run(db, "CREATE TABLE IF NOT EXISTS notes (text TEXT)")
	run(db, "INSERT INTO notes VALUES ('milk'), ('bread')")
	fmt.Println("notes:", int(C.count(db)))
}
