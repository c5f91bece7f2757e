"""What an exported model folder brings so that ``model.chat`` works where yayun is not installed.

``hub.code`` copies ``modeling_yayun`` and all it imports into the folder. ``script`` and ``tables`` stand there for
``yayun.script`` (which needs opencc) and ``importlib.resources`` (which needs the package's data files).
"""
