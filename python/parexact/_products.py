"""Products of arrays: dot products, along axes and of matrices, each the exact sum rounded once."""

from __future__ import annotations

from ctypes import byref, c_int32, c_size_t, c_void_p
from operator import index
from typing import Any

import numpy as np

from parexact import abi
from parexact._arguments import COST, FLOAT64, AxisError, check_out, delivered, policy_of
from parexact._arrays import AnyArray, as_array
from parexact._arrays import describe as view_of
from parexact._errors import check, check_results
from parexact._reductions import SHORT_SIZE, Double, pin, plain_function
from parexact._run import run

_dot_f64 = plain_function("parexact_dot_f64", 2)

_lib_dot_axes: Any = abi.lib["parexact_dot_axes"]
_lib_dot_axes.argtypes = [c_void_p, c_void_p, c_void_p, c_int32, c_int32, c_void_p, c_size_t]
_lib_dot_axes.restype = c_int32


def dot(x: Any, y: Any, *, nan_policy: str = "propagate") -> float:
    """Dot product of two vectors: the exact sum of the exact products, rounded once.

    ``RN(Σ x y)``

    Parameters
    ----------
    x, y : array_like of one dimension
        As many numbers in each; their types and strides may differ.
    nan_policy : {'propagate', 'omit', 'raise'}, optional
        What to do about a factor that is NaN: the result is NaN, or the product is skipped, or it is a
        ValueError.

    Returns
    -------
    float
        0.0 for no values. NaN if a factor is NaN, for 0 times an infinity, and for infinite products of both
        signs.

    Raises
    ------
    TypeError
        If a type is not supported; the message says what to pass instead.
    ValueError
        If the lengths differ, or an array has not just one dimension: see `vdot` and `matmul`. Also for a NaN
        with ``nan_policy="raise"``.

    Notes
    -----
    One pass at about the speed of memory, on all threads in force if the arrays are large.

    Examples
    --------
    >>> import parexact
    >>> parexact.dot([1e200, 1.0, -1e200], [1e200, 1.0, 1e200])
    1.0
    """
    x, y = as_array(x, "x"), as_array(y, "y")
    if x.ndim != 1 or y.ndim != 1:
        raise ValueError(
            f"dot is for arrays of one dimension, but x has {x.ndim} and y has {y.ndim}; "
            "for the sum of all products of two arrays of one shape use vdot, for matrices matmul"
        )
    return _dot(x, y, nan_policy)


def vdot(x: Any, y: Any, *, nan_policy: str = "propagate") -> float:
    """Sum of all products of two arrays of one shape, rounded once: of matrices, the Frobenius inner
    product.

    ``RN(Σ x y)``

    Parameters
    ----------
    x, y : array_like
        Numbers; the shapes are equal, types and strides may differ.
    nan_policy : {'propagate', 'omit', 'raise'}, optional
        As for `dot`.

    Returns
    -------
    float
        As for `dot`.

    Raises
    ------
    TypeError
        If a type is not supported; the message says what to pass instead.
    ValueError
        If the shapes differ. (`numpy.vdot` flattens both first.)

    Notes
    -----
    Cost as `dot`.

    Examples
    --------
    >>> import parexact
    >>> parexact.vdot([[1, 2], [3, 4]], [[5, 6], [7, 8]])
    70.0
    """
    return _dot(as_array(x, "x"), as_array(y, "y"), nan_policy)


def _dot(x: AnyArray, y: AnyArray, nan_policy: Any) -> float:
    if x.shape != y.shape:
        raise ValueError(f"x and y must have the same shape, but these are {x.shape} and {y.shape}")
    policy = policy_of(nan_policy)
    result = Double()
    if (
        x.size <= SHORT_SIZE
        and policy == abi.PAREXACT_NAN_PROPAGATE
        and x.dtype is FLOAT64
        and y.dtype is FLOAT64
        and (at_x := pin(x)) is not None
        and (at_y := pin(y)) is not None
    ):
        check(_dot_f64(at_x, at_y, x.size, result))
        return result[0]

    def call() -> None:
        views = byref(view_of(x)), byref(view_of(y))
        if policy == abi.PAREXACT_NAN_PROPAGATE:
            check(abi.lib.parexact_dot(*views, result))
        else:
            check(_lib_dot_axes(*views, None, 0, policy, result, 1))

    run(call, 2 * COST * x.size)
    return result[0]


def vecdot(
    x1: Any, x2: Any, *, axis: int = -1, out: AnyArray | None = None, nan_policy: str = "propagate"
) -> Any:
    """Dot products along one axis: each the exact sum of the exact products, rounded once.

    ``RN(Σ x1 x2)``

    Parameters
    ----------
    x1, x2 : array_like
        Numbers, as many in each along the axis; the other axes broadcast, and nothing is copied.
    axis : int, optional
        The axis of each array that is summed over, the last by default.
    out : ndarray of float64, optional
        Where to put the result, of just its shape; any strides, and it may overlap the arrays. It is
        returned.
    nan_policy : {'propagate', 'omit', 'raise'}, optional
        As for `dot`.

    Returns
    -------
    float or ndarray of float64
        A float if no axes are left.

    Raises
    ------
    TypeError, ValueError, numpy.exceptions.AxisError
        As `dot` and `sum`; ValueError for an array of no dimensions, and for shapes that do not fit.

    Notes
    -----
    One pass over the products, on all threads in force if there are many.

    Examples
    --------
    >>> import parexact
    >>> parexact.vecdot([[1, 2], [3, 4]], [10, 1])
    array([12., 34.])
    """
    a, b = _vectors(x1, "x1", 1), _vectors(x2, "x2", 1)
    return _product(_axis_last(a, axis), _axis_last(b, axis), "vecdot", out, nan_policy)


def matvec(x1: Any, x2: Any, *, out: AnyArray | None = None, nan_policy: str = "propagate") -> Any:
    """Products of matrices and vectors: each element the exact dot product, rounded once.

    Parameters
    ----------
    x1 : array_like of the shape (..., m, n)
        Matrices.
    x2 : array_like of the shape (..., n)
        Vectors; the axes of ``...`` broadcast, and nothing is copied.
    out, nan_policy
        As for `vecdot`.

    Returns
    -------
    ndarray of float64
        Of the shape ``(..., m)``.

    Raises
    ------
    TypeError, ValueError
        As `vecdot`.

    Notes
    -----
    Each element takes one pass over a row and the vector, on all threads in force if there are many.

    Examples
    --------
    >>> import parexact
    >>> parexact.matvec([[1e16, 1, -1e16], [1, 1, 1]], [1, 1, 1])
    array([1., 3.])
    """
    matrices, vectors = _vectors(x1, "x1", 2), _vectors(x2, "x2", 1)
    return _product(matrices, vectors[..., None, :], "matvec", out, nan_policy)


def matmul(x1: Any, x2: Any, *, out: AnyArray | None = None, nan_policy: str = "propagate") -> Any:
    """Products of matrices: each element the exact dot product of a row and a column, rounded once.

    Parameters
    ----------
    x1, x2 : array_like
        Matrices of the shapes ``(..., m, n)`` and ``(..., n, p)``, of which the axes ``...`` broadcast. As in
        NumPy, a vector is a row in front and a column behind, whose axis the result does not have.
    out, nan_policy
        As for `vecdot`.

    Returns
    -------
    float or ndarray of float64
        Of the shape ``(..., m, p)``; a float for two vectors.

    Raises
    ------
    TypeError, ValueError
        As `vecdot`.

    Notes
    -----
    For results whose bits depend on nothing but the values, not for speed: each element takes one pass over
    a row and a column, where a BLAS library uses what it has read many times. Nothing is copied.

    Examples
    --------
    >>> import parexact
    >>> parexact.matmul([[1, 2], [3, 4]], [[0, 1], [1, 0]])
    array([[2., 1.],
           [4., 3.]])
    """
    a, b = _vectors(x1, "x1", 1), _vectors(x2, "x2", 1)
    if b.ndim > 1:
        # The columns of the second array, each beside each row of the first.
        b = np.swapaxes(b, -1, -2)
        a = a[..., None, :]
        if a.ndim > 2:
            b = b[..., None, :, :]
    return _product(a, b, "matmul", out, nan_policy)


def _vectors(a: Any, name: str, least: int) -> AnyArray:
    array = as_array(a, name)
    if array.ndim < least:
        raise ValueError(
            f"{name} has {array.ndim} dimension{'' if array.ndim == 1 else 's'}; at least {least} are needed"
        )
    return array


def _axis_last(array: AnyArray, axis: Any) -> AnyArray:
    number = index(axis)
    if not -array.ndim <= number < array.ndim:
        raise AxisError(number, array.ndim)
    return np.moveaxis(array, number, -1)


def _product(x: AnyArray, y: AnyArray, name: str, out: Any, nan_policy: Any) -> Any:
    """Return the dot products along the last axis, which has one length; the other axes broadcast."""
    policy = policy_of(nan_policy)
    length = x.shape[-1]
    if y.shape[-1] != length:
        raise ValueError(f"{name} sums over axes of {length} and of {y.shape[-1]} elements; these must agree")
    try:
        shape = np.broadcast_shapes(x.shape[:-1], y.shape[:-1])
    except ValueError:
        raise ValueError(
            f"the shapes {x.shape[:-1]} and {y.shape[:-1]} of what {name} multiplies do not broadcast"
        ) from None
    if out is not None:
        check_out(out, shape)
    results = np.empty(shape)
    rows, others = np.broadcast_to(x, (*shape, length)), np.broadcast_to(y, (*shape, length))

    def call() -> None:
        views = byref(view_of(rows)), byref(view_of(others))
        last = (c_int32 * 1)(len(shape))
        status = _lib_dot_axes(*views, last, 1, policy, results.ctypes.data, results.size)
        check_results(status, results.shape)

    run(call, 2 * COST * rows.size)
    return delivered(results, out)
