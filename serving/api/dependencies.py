"""What routes ask for, as annotated types."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from sedno.serving.api.metrics import Metrics
from sedno.serving.engine import Engine
from sedno.serving.settings import Settings
from sedno.serving.store.opening import Store


async def _engine(request: Request) -> Engine:
    return cast(Engine, request.app.state.engine)


async def _metrics(request: Request) -> Metrics:
    return cast(Metrics, request.app.state.metrics)


async def _settings(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


async def _store(request: Request) -> Store:
    return cast(Store, request.app.state.store)


EngineDep = Annotated[Engine, Depends(_engine)]
MetricsDep = Annotated[Metrics, Depends(_metrics)]
SettingsDep = Annotated[Settings, Depends(_settings)]
StoreDep = Annotated[Store, Depends(_store)]
