"""KAG's own checker on one configuration: ``kag_check.py FOLDER JSON``, by the Python of KAG's environment FOLDER."""

import os
import sys

os.chdir(sys.argv[1])  # KAG looks for a project where it runs

from kag.common.llm.llm_config_checker import LLMConfigChecker  # noqa: E402

LLMConfigChecker().check(sys.argv[2])
