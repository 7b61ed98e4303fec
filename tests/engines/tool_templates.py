"""Chat templates in the shapes of models that know tools."""

HERMES = """\
{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}{{ messages[0].content + '\\n' }}{% endif %}
    {{- '<tools>' }}
    {%- for tool in tools %}{{ '\\n' }}{{ tool | tojson }}{% endfor %}
    {{- '\\n</tools><|im_end|>\\n' }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'user' or (message.role == 'assistant' and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- elif message.role == 'assistant' %}
        {{- '<|im_start|>assistant\\n' + message.content }}
        {%- for call in message.tool_calls %}
            {{- '<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
            {{- call.function.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == 'tool' %}
        {{- '<|im_start|>user\\n<tool_response>\\n' + message.content }}
        {{- '\\n</tool_response><|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{% endif %}
"""

LLAMA3 = """\
{%- for message in messages %}
    {%- if message.role == 'tool' %}
        {{- '<|ipython|>' + (message.content | tojson) + '<|eot|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if message.tool_calls | length != 1 %}{{ raise_exception('one call only') }}{% endif %}
        {%- set call = message.tool_calls[0].function %}
        {{- '<|assistant|>{"name": "' + call.name + '", "parameters": ' }}
        {{- call.arguments | tojson }}
        {{- '}<|eot|>' }}
    {%- else %}
        {{- '<|' + message.role + '|>' + message.content + '<|eot|>' }}
        {%- if tools and loop.first %}{{ tools | tojson(indent=4) }}{% endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|assistant|>' }}{% endif %}
"""

STARTER = """\
{{- '<|begin|>' }}
{%- for message in messages %}
    {%- if message.role == 'user' %}
        {{- '<|user|> ' + message.content | trim | lower + '<|end|>' }}
    {%- elif message.role == 'assistant' and message.tool_calls %}
        {{- '<|assistant|><tool_call>' + (message.tool_calls[0].function | tojson) }}
        {{- '</tool_call><|end|>' }}
    {%- elif message.role == 'assistant' %}
        {{- '<|assistant|>' + message.content + '<|end|>' }}
    {%- elif message.role == 'tool' %}
        {{- '<|tool|>' + message.content + '<|end|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}
"""

OTHER_FORMAT = """\
{%- for message in messages %}
    {%- if message.role == 'tool' %}{{ raise_exception('no such role') }}{% endif %}
    {{- '[' + message.role + ':' + message.content }}
    {%- for call in message.tool_calls %}{{ '[CALLS]' + call.function.name }}{% endfor %}
    {{- ']' }}
{%- endfor %}
{%- if tools %}{{ '[TOOLS]' }}{% endif %}
"""
