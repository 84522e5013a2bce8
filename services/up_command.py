"""`dondoc up`: the system, empty at first, on the real clock (PORT: of the console; DONDOC_DATA: where its data is kept)."""

import click

from services.local_tools import load_tool


@click.command()
def up() -> None:
    """Run the system on the real clock until Ctrl-C; its data is kept."""
    serving = load_tool("deploy.local.serve")
    serving.serve(None, serving.data_directory())
