"""Sixteen-bit arithmetic is taken where the processor says that it has it, and nowhere else."""

from pathlib import Path

import pytest

from model.precision import quick_precision, trained_in

_INTEL = "processor\t: 0\n{name}\t\t: fpu sse2 avx512f avx512bw {flag} clflush\nbugs\t\t: none\n"


def _cpuinfo(folder: Path, content: str) -> Path:
    path = folder / "cpuinfo"
    path.write_text(content, "utf-8")
    return path


@pytest.mark.parametrize("flag", ["avx512_bf16", "amx_bf16"])
def test_a_processor_with_the_arithmetic_trains_in_sixteen_bits(tmp_path: Path, flag: str) -> None:
    assert quick_precision(_cpuinfo(tmp_path, _INTEL.format(name="flags", flag=flag))) == "mixed_bfloat16"


@pytest.mark.parametrize("flag", ["f16c", "avx512_fp16", "no_avx512_bf16", ""])
def test_a_processor_without_it_trains_in_float32(tmp_path: Path, flag: str) -> None:
    assert quick_precision(_cpuinfo(tmp_path, _INTEL.format(name="flags", flag=flag))) == "float32"


@pytest.mark.parametrize(("flag", "precision"), [("bf16", "mixed_bfloat16"), ("asimdhp", "float32")])
def test_arm_calls_its_flags_features(tmp_path: Path, flag: str, precision: str) -> None:
    content = f"processor\t: 0\nFeatures\t: fp asimd {flag} i8mm\nCPU part\t: 0xd0c\n"

    assert quick_precision(_cpuinfo(tmp_path, content)) == precision


def test_a_word_in_another_line_is_no_flag(tmp_path: Path) -> None:
    assert quick_precision(_cpuinfo(tmp_path, _INTEL.format(name="bugs", flag="amx_bf16"))) == "float32"


@pytest.mark.parametrize("content", ["", "processor\t: 0\n"])
def test_a_list_without_flags_means_float32(tmp_path: Path, content: str) -> None:
    assert quick_precision(_cpuinfo(tmp_path, content)) == "float32"


def test_a_system_without_the_list_trains_in_float32(tmp_path: Path) -> None:
    assert quick_precision(tmp_path / "missing") == "float32"
    assert quick_precision(tmp_path) == "float32"


@pytest.mark.train
def test_keras_is_left_as_it_was_also_where_building_fails() -> None:
    keras = pytest.importorskip("keras", reason="training is not installed")
    before = keras.config.dtype_policy().name

    with pytest.raises(RuntimeError, match="enough"), trained_in("mixed_bfloat16"):
        within = keras.config.dtype_policy().name
        raise RuntimeError("enough")

    assert within == "mixed_bfloat16" != before
    assert keras.config.dtype_policy().name == before
