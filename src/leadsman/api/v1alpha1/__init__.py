"""The kinds of leadsman.dev/v1alpha1."""

from leadsman.api.v1alpha1.aiservice import AIService

KINDS = (AIService,)
