"""The list of activities as the web gateway answers it, by FastAPI and asyncpg: what people would
write instead. bench/web.sh compares both; run it with uvicorn. DSN names the database.
"""

import os

import asyncpg
from fastapi import FastAPI, Query

pool = None


app = FastAPI()


@app.on_event("startup")
async def connect():
    global pool
    pool = await asyncpg.create_pool(os.environ["DSN"], min_size=2, max_size=2)


@app.get("/api/v1/activities")
async def activities(page: int = Query(1, ge=1), limit: int = Query(100, ge=1, le=1000)):
    async with pool.acquire() as connection:
        total = await connection.fetchval("SELECT count(*) FROM esn_internal.esn_api_activities")
        rows = await connection.fetch(
            "SELECT * FROM esn_internal.esn_api_activities "
            "ORDER BY start_date DESC, id DESC LIMIT $1 OFFSET $2", limit, (page - 1) * limit)
    return {"total": total, "page": page, "limit": limit, "items": [dict(row) for row in rows]}
