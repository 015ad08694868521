"""inspect-ai's way to the candidate: OpenAI's chat API over HTTP, without the openai package and without retries.

An answer that does not come is an error of its sample, never a wrong answer and never left out.
"""

# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# pyright: reportUntypedClassDecorator=false
# (inspect-ai is in this example's image, not in the project's development environment)

import httpx
from inspect_ai.model import ChatMessage, GenerateConfig, ModelAPI, ModelOutput, ModelUsage, modelapi
from inspect_ai.tool import ToolChoice, ToolInfo

CONNECTIONS = 16
TIMEOUT_SECONDS = 30.0


@modelapi(name="candidate")
class Candidate(ModelAPI):
    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - inspect-ai's signature; it is not changed
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        if not base_url:
            raise ValueError("the candidate's address is not known: set LEADSMAN_CANDIDATE_URL, http://host:port")
        # trust_env: a proxy of the environment has no business between an evaluation and its candidate.
        self._http = httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT_SECONDS, trust_env=False)

    def max_connections(self) -> int:
        return CONNECTIONS

    async def aclose(self) -> None:
        await self._http.aclose()

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - inspect-ai's name
        tools: list[ToolInfo],  # noqa: ARG002 - nor has the assistant tools
        tool_choice: ToolChoice,  # noqa: ARG002
        config: GenerateConfig,
    ) -> ModelOutput:
        messages = [{"role": message.role, "content": message.text} for message in input]
        response = await self._http.post(
            "/v1/chat/completions",
            json={"model": self.model_name, "messages": messages},
            headers=config.extra_headers,
        )
        response.raise_for_status()
        document = response.json()
        output = ModelOutput.from_content(document["model"], document["choices"][0]["message"]["content"])
        usage = document["usage"]
        output.usage = ModelUsage(
            input_tokens=usage["prompt_tokens"],
            output_tokens=usage["completion_tokens"],
            total_tokens=usage["total_tokens"],
        )
        output.metadata = {"version": response.headers.get("x-model-version", "unknown")}
        return output
