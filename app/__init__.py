"""The portal, in layers: factory → web, cli → resources → services → models and engines.

Below this package the second level is a layer and the third a noun. It imports nothing, so that
`app.engines` loads without Flask.
"""
