"""Kernels on numpy and scipy that know no medicine: sums over groups, tails, root finding."""
