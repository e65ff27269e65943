#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *distance(PyObject *self, PyObject *args)
{
    const char *a, *b;
    Py_ssize_t n, m;
    if (!PyArg_ParseTuple(args, "s#s#", &a, &n, &b, &m))
        return NULL;
    long *row = PyMem_New(long, m + 1);
    if (!row)
        return PyErr_NoMemory();
    for (Py_ssize_t j = 0; j <= m; j++)
        row[j] = j;
    for (Py_ssize_t i = 1; i <= n; i++) {
        long before = row[0];
        row[0] = i;
        for (Py_ssize_t j = 1; j <= m; j++) {
            long change = before + (a[i - 1] != b[j - 1]);
            long least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            before = row[j];
            row[j] = change < least ? change : least;
        }
    }
    long result = row[m];
    PyMem_Free(row);
    return PyLong_FromLong(result);
}

static PyMethodDef methods[] = {{"distance", distance, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_speed", NULL, -1, methods};

PyMODINIT_FUNC PyInit__speed(void)
{
    return PyModule_Create(&module);
}
