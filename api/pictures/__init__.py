"""Pictures of a review, and the map: drawn with matplotlib and geopandas, where these are there."""

from api.pictures.charts import charts
from api.pictures.layers import Ground, layers, write_layers
from api.pictures.lettering import Lettering, Unlettered, lettering
from api.pictures.maps import map_of

__all__ = [
    "Ground",
    "Lettering",
    "Unlettered",
    "charts",
    "layers",
    "lettering",
    "map_of",
    "write_layers",
]
