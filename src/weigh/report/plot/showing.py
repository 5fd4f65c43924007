"""How effects of a measure are shown: ratios as ratios, proportions as proportions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weigh.errors import InputError
from weigh.evidence.effect import EffectSizes
from weigh.evidence.figures import MINUS, amount, plain, range_of, ratio
from weigh.evidence.measure import Measure, from_natural, measure_named, to_natural

__all__ = ["View", "view_of"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From the analysis scale, on which everything is placed, to what is printed.

    Parameters
    ----------
    measure
        None: numbers are printed on the analysis scale.
    n
        Sample sizes or person-times, for the Freeman-Tukey scales alone.
    """

    measure: Measure | None = None
    n: FloatArray | None = None

    @property
    def words(self) -> str:
        """What the effect is called: ``risk ratio``."""
        return "effect" if self.measure is None else self.measure.words

    @property
    def a_words(self) -> str:
        """The same with its article: ``an odds ratio``."""
        return f"{'an' if self.words[0] in 'aeio' else 'a'} {self.words}"

    @property
    def axis_words(self) -> str:
        """What stands under an axis of effects."""
        if self.measure is None:
            return "Effect"
        name = self.words[:1].upper() + self.words[1:]
        scale = self.measure.scale
        if scale == "identity":
            return name
        return f"{name}, {'log' if scale == 'log' else scale.replace('-', ' ')} scale"

    @property
    def null(self) -> float | None:
        """No effect, on the analysis scale; None where there is no such thing."""
        return 0.0 if self.measure is None else self.measure.null

    @property
    def is_log(self) -> bool:
        """Whether ratios are printed."""
        return self.measure is not None and self.measure.is_log

    @property
    def is_plain(self) -> bool:
        """Whether numbers are printed as they are."""
        return self.measure is None or self.measure.scale == "identity"

    def natural(self, values: npt.ArrayLike) -> FloatArray:
        """Values as they are printed."""
        x = np.asarray(values, dtype=np.float64)
        if self.measure is None:
            return x
        return np.asarray(to_natural(x, self.measure.name, n=self._size(x)))

    def analysed(self, values: npt.ArrayLike) -> FloatArray:
        """Printed values back on the analysis scale; not finite where they have no place there."""
        y = np.asarray(values, dtype=np.float64)
        if self.measure is None:
            return y
        return np.asarray(from_natural(y, self.measure.name, n=self._size(y)))

    def _size(self, values: FloatArray) -> FloatArray | None:
        """One size for all values: an array of the same shape would be taken one by one."""
        if self.n is None:
            return None
        known = self.n[np.isfinite(self.n)]
        return np.full(values.shape, known.size / np.sum(1.0 / known))

    def text(self, value: float, digits: int = 2) -> str:
        """A value of the analysis scale as it is printed."""
        natural = float(self.natural(value))
        if self.is_log:
            return ratio_text(natural)
        return number_text(natural, digits)

    def interval_text(self, estimate: float, low: float, high: float, digits: int = 2) -> str:
        """An estimate with its interval, ``0.49 [0.34 to 0.70]``."""
        ends = range_of(self.text(low, digits), self.text(high, digits))
        return f"{self.text(estimate, digits)} [{ends}]"

    def digits(self, widths: FloatArray) -> int:
        """Decimals that show intervals of these widths to two figures; 2 off the plain scale."""
        known = widths[np.isfinite(widths) & (widths > 0.0)]
        if known.size == 0 or not self.is_plain:
            return 2
        middle = 0.5 * float(np.median(known))
        return min(max(1 - math.floor(math.log10(middle)), 0), 6)


def view_of(
    measure: str | None, effects: EffectSizes | None = None, n: npt.ArrayLike | None = None
) -> View:
    """The view of a measure by name, or of effect sizes, which know theirs.

    Raises
    ------
    NotFoundError
        No measure has that name.
    InputError
        The measure's scale hangs on sample sizes, and there are none.
    """
    if effects is not None:
        measure = measure or effects.measure
        n = effects.ni if n is None else n
    if measure is None:
        return View()
    known = measure_named(measure)
    if known.scale not in ("double-arcsine", "freeman-tukey"):
        return View(measure=known)
    if n is None:
        raise InputError(
            f"{known.name} cannot be shown on its natural scale without the sample sizes.",
            hint="Give the effect sizes as effects=, which hold them.",
        )
    return View(measure=known, n=np.asarray(n, dtype=np.float64))


def ratio_text(value: float) -> str:
    """A ratio; small ones keep two figures, those beyond counting are powers of ten."""
    if not math.isfinite(value):
        return "∞" if value > 0.0 else "unknown"
    if value >= 1e6:
        return _powers(f"{value:.1e}")
    if value == 0.0 or value >= 0.0095:
        return ratio(value)
    if value < 1e-4:
        return _powers(f"{value:.0e}")
    return f"{value:.{1 - math.floor(math.log10(value))}f}"


def number_text(value: float, digits: int = 2) -> str:
    """A difference; very large and very small ones are powers of ten."""
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: f"{MINUS}∞"}.get(value, "unknown")
    if abs(value) >= 1e7 or 0.0 < abs(value) < 1e-5:
        return _powers(f"{value:.2e}")
    return amount(value, digits)


def tick_text(value: float, *, short: bool = False) -> str:
    """A round number on an axis; a `short` one in powers of ten."""
    if value == 0.0 or not (short or abs(value) < 1e-4 or abs(value) >= 1e7):
        return plain(float(f"{value:.8g}"))
    digits, _, power = f"{value:.3e}".partition("e")
    return _powers(f"{digits.rstrip('0').rstrip('.')}e{power}")


def _powers(text: str) -> str:
    """``2.50e+07`` as ``2.50e7``, with true minus signs."""
    digits, _, power = text.partition("e")
    return f"{digits}e{int(power)}".replace("-", MINUS)
